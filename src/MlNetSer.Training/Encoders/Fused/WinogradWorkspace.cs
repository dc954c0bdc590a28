using System.Collections.Concurrent;

namespace MlNetSer.Training;

/// <summary>Memory for convolutions that a thread computes one after the other, and work on them by as many threads as torch has, with the same results whatever their number.</summary>
#pragma warning disable CA1001 // It ends with its thread, by finalisers.
internal sealed unsafe class WinogradWorkspace
#pragma warning restore CA1001
{
    [ThreadStatic]
    private static WinogradWorkspace? ofThread;

    private readonly ConcurrentBag<WinogradScratch> _scratch = [];
    private readonly WinogradConvolution _convolution;

    private WinogradWorkspace() => _convolution = new(Filters);

    /// <summary>That of the thread that asks.</summary>
    public static WinogradWorkspace OfThread => ofThread ??= new();

    /// <summary>The filters to convolve with.</summary>
    public WinogradFilters Filters { get; } = new();

    /// <summary>Their gradient.</summary>
    public FilterGradient Gradient { get; } = new();

    /// <summary>Convolves images with <see cref="Filters"/>.</summary>
    public void Convolve<TPrecision, TStored>(TStored* images, int count, TileGrid grid, TStored* output)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var (x, y) = ((nint)images, (nint)output);
        var (values, outputValues) = ((nint)grid.Height * grid.Width * Filters.Inputs, (nint)grid.OutputHeight * grid.OutputWidth * Filters.Outputs);
        var some = (_convolution.TilesAtOnce + grid.Tiles - 1) / grid.Tiles;
        Batch.ForEach((count + some - 1) / some, piece => WithScratch(scratch =>
        {
            var first = piece * some;
            _convolution.Run<TPrecision, TStored>(
                (TStored*)x + (first * values), Math.Min(some, count - first), grid, (TStored*)y + (first * outputValues), default, scratch);
        }));
    }

    /// <summary>Sums up <see cref="Gradient"/> over images and the gradients of what came out.</summary>
    public void Differentiate<TPrecision, TStored>(TStored* images, TStored* gradients, int count, TileGrid grid)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var (x, y) = ((nint)images, (nint)gradients);
        var tiles = (long)count * grid.Tiles;
        for (var block = 0L; block < tiles; block += Gradient.TilesOfBlock)
        {
            var (from, some) = (block, (int)Math.Min(Gradient.TilesOfBlock, tiles - block));
            Batch.ForEach((some + FilterGradient.TilesOfPiece - 1) / FilterGradient.TilesOfPiece, piece => WithScratch(scratch =>
            {
                var first = piece * FilterGradient.TilesOfPiece;
                Gradient.Transform<TPrecision, TStored>(
                    (TStored*)x, (TStored*)y, grid, from, first, Math.Min(FilterGradient.TilesOfPiece, some - first), scratch.Edge);
            }));
            Batch.ForEach(WinogradTransforms.Positions, position => Gradient.Sum(position, some));
        }
    }

    private void WithScratch(Action<WinogradScratch> work)
    {
        if (!_scratch.TryTake(out var scratch)) scratch = new();
        work(scratch);
        _scratch.Add(scratch);
    }
}
