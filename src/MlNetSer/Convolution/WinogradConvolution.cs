using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>
/// A 3 x 3 convolution of stride 1 by Winograd's minimal filtering, with a quarter of the multiplications of a direct one. Several threads may run it at once, each with
/// scratch memory of its own; what comes out does not depend on how many images go in together.
/// </summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    // Tiles whose products with filters are taken at once, a multiple of the rows of either product: few enough for the second cache, or where filters do not stay there, enough to make up for fetching them.
    private const int FewTiles = 48, ManyTiles = 192, ManyFilters = 256 * 256;

    /// <summary>Values between positions, which would share the same few places of the first cache if they lay a power of two apart.</summary>
    internal const int Gap = 16;

    private readonly WinogradFilters _filters;
    private readonly AlignedMemory? _bias;

    /// <summary>A convolution.</summary>
    /// <param name="filters">Its filters, which it owns.</param>
    /// <param name="bias">One for each channel that comes out, or empty.</param>
    public WinogradConvolution(WinogradFilters filters, ReadOnlySpan<float> bias = default)
    {
        _filters = filters;
        if (bias.IsEmpty) return;
        _bias = new(bias.Length);
        bias.CopyTo(new(_bias.First, bias.Length));
    }

    /// <summary>A convolution whose filters lie as those of ONNX.</summary>
    /// <param name="inputs">Channels that go in: a multiple of 16.</param>
    /// <param name="outputs">Channels that come out: a multiple of 32.</param>
    /// <param name="filters">[<paramref name="outputs"/>, <paramref name="inputs"/>, 3, 3].</param>
    /// <param name="bias">One for each channel that comes out, or empty.</param>
    public static WinogradConvolution Of(int inputs, int outputs, ReadOnlySpan<float> filters, ReadOnlySpan<float> bias)
    {
        const int Weights = WinogradTransforms.Side * WinogradTransforms.Side;
        var transformed = new WinogradFilters();
        transformed.Reserve(inputs, outputs);
        var side = new float[Weights * outputs];
        fixed (float* first = side)
        {
            for (var input = 0; input < inputs; input++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    for (var w = 0; w < Weights; w++) side[(w * outputs) + output] = filters[(((output * inputs) + input) * Weights) + w];
                }
                transformed.Set(first, turned: false, input);
            }
        }
        return new(transformed, bias);
    }

    /// <summary>Tiles that are computed at once.</summary>
    public int TilesAtOnce => _filters.Inputs * _filters.Outputs > ManyFilters ? ManyTiles : FewTiles;

    /// <summary>Whether it can be computed so, and fast: where processors have the instructions, and with whole registers of channels.</summary>
    public static bool Fits(long inputs, long outputs) =>
        Vector512.IsHardwareAccelerated && inputs % WinogradTransforms.Lanes == 0 && outputs % TileProducts.NarrowColumns == 0;

    /// <summary>Convolves images.</summary>
    /// <param name="images">[<paramref name="count"/>, height, width, inputs].</param>
    /// <param name="count">How many.</param>
    /// <param name="grid">Their shape.</param>
    /// <param name="output">Receives [<paramref name="count"/>, output height, output width, outputs], or half of both with pooling.</param>
    /// <param name="finish">What is done with the points.</param>
    /// <param name="scratch">Memory that no other thread uses meanwhile.</param>
    public void Run<TPrecision, TStored>(TStored* images, int count, TileGrid grid, TStored* output, Finish finish, WinogradScratch scratch)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var (inputs, outputs, columns) = (_filters.Inputs, _filters.Outputs, _filters.Columns);
        var tiles = (long)count * grid.Tiles;
        var transformed = scratch.Tiles.Reserve(WinogradTransforms.Positions * (((long)TilesAtOnce * inputs) + Gap));
        var products = scratch.Products.Reserve(WinogradTransforms.Positions * (((long)TilesAtOnce * columns) + Gap));
        var rows = columns == TileProducts.WideColumns ? TileProducts.WideRows : TileProducts.NarrowRows;
        for (var first = 0L; first < tiles; first += TilesAtOnce)
        {
            var some = (int)Math.Min(TilesAtOnce, tiles - first);
            // What the products' last rows read beyond the tiles is from before, and what they make of it is not looked at.
            var padded = (some + rows - 1) / rows * rows;
            var (position, productPosition) = ((nint)((padded * inputs) + Gap), (nint)((padded * columns) + Gap));
            TileReader<InputTile, TPrecision, TStored>.Read(images, grid, inputs, first, some, transformed, position, scratch.Edge);
            for (var channel = 0; channel < outputs; channel += columns)
            {
                var filters = _filters.At(channel);
                for (var p = 0; p < WinogradTransforms.Positions; p++, filters += inputs * columns)
                    Multiply(transformed + (p * position), filters, padded, products + (p * productPosition));
                var bias = _bias is null ? null : _bias.First + channel;
                TileWriter.Write<TPrecision, TStored>(products, productPosition, columns, bias, finish, grid, first, some, output + channel, outputs);
            }
        }
    }

    /// <summary>Frees the filters.</summary>
    public void Dispose()
    {
        _filters.Dispose();
        _bias?.Dispose();
    }

    private void Multiply(float* tiles, float* filters, int count, float* products)
    {
        nint inputs = _filters.Inputs;
        if (_filters.Columns == TileProducts.WideColumns)
        {
            for (nint t = 0; t < count; t += TileProducts.WideRows)
                TileProducts.Wide(tiles + (t * inputs), filters, inputs, products + (t * TileProducts.WideColumns));
            return;
        }
        for (nint t = 0; t < count; t += TileProducts.NarrowRows)
            TileProducts.Narrow(tiles + (t * inputs), filters, inputs, products + (t * TileProducts.NarrowColumns));
    }
}
