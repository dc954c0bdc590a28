using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>A 3 x 3 convolution of stride 1 of images with one channel, point by point: there is nothing to gain by a transform. Thread-safe as <see cref="WinogradConvolution"/> is.</summary>
[SkipLocalsInit]
internal sealed unsafe class FirstConvolution : IDisposable
{
    private const int Lanes = WinogradTransforms.Lanes;
    private const int Weights = 9;

    // Two registers of channels for each of 2 x 2 points, and the weights for them.
    private const int Columns = 2 * Lanes;

    private readonly AlignedMemory _filters, _bias;
    private readonly int _outputs;

    /// <summary>Takes filters.</summary>
    /// <param name="outputs">Channels that come out: a multiple of 32.</param>
    /// <param name="filters">[<paramref name="outputs"/>, 1, 3, 3].</param>
    /// <param name="bias">One for each channel that comes out, or empty.</param>
    public FirstConvolution(int outputs, ReadOnlySpan<float> filters, ReadOnlySpan<float> bias)
    {
        _outputs = outputs;
        _bias = new(outputs);
        bias.CopyTo(new(_bias.First, outputs));
        _filters = new((long)outputs * Weights);
        for (var output = 0; output < outputs; output++)
        {
            var (block, column) = Math.DivRem(output, Columns);
            for (var w = 0; w < Weights; w++) _filters.First[(((block * Weights) + w) * Columns) + column] = filters[(output * Weights) + w];
        }
    }

    /// <summary>Convolves an image.</summary>
    /// <param name="image">[height, width].</param>
    /// <param name="grid">Its shape.</param>
    /// <param name="output">Receives [output height, output width, outputs], or half of both with pooling.</param>
    /// <param name="finish">What is done with the points.</param>
    /// <param name="padded">Memory that no other thread uses meanwhile.</param>
    public void Run(float* image, TileGrid grid, float* output, Finish finish, AlignedMemory padded)
    {
        // Two rows and columns at once, so that there may be one more of each.
        var (height, width) = (grid.OutputHeight, grid.OutputWidth);
        var (rows, columns) = ((height + 3) / 2 * 2, (width + 3) / 2 * 2);
        var points = padded.Reserve((long)rows * columns);
        new Span<float>(points, rows * columns).Clear();
        for (var y = 0; y < grid.Height; y++)
            new ReadOnlySpan<float>(image + ((nint)y * grid.Width), grid.Width).CopyTo(new(points + ((nint)(y + grid.Top) * columns) + grid.Left, grid.Width));
        for (var channel = 0; channel < _outputs; channel += Columns)
        {
            if (finish.Pool) Pooled(points, columns, height / 2, width / 2, channel, finish.Relu, output + channel);
            else Whole(points, columns, height, width, channel, finish.Relu, output + channel);
        }
    }

    /// <summary>Frees the filters.</summary>
    public void Dispose()
    {
        _filters.Dispose();
        _bias.Dispose();
    }

    private static Vector512<float> Least(bool relu) => relu ? default : Vector512.Create(float.NegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Pooled(float* points, nint row, int height, int width, int channel, bool relu, float* output)
    {
        var least = Least(relu);
        var made = stackalloc float[4 * Columns];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, output += _outputs)
            {
                Square(points + (2 * y * row) + (2 * x), row, channel, made);
                for (var lane = 0; lane < Columns; lane += Lanes)
                {
                    var upper = Vector512.Max(Vector512.Load(made + lane), Vector512.Load(made + Columns + lane));
                    var lower = Vector512.Max(Vector512.Load(made + (2 * Columns) + lane), Vector512.Load(made + (3 * Columns) + lane));
                    // The second operand is the result where there is no number, so that what is none stays none.
                    Vector512.MaxNative(least, Vector512.Max(upper, lower)).Store(output + lane);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Whole(float* points, nint row, int height, int width, int channel, bool relu, float* output)
    {
        var least = Least(relu);
        var made = stackalloc float[4 * Columns];
        for (var y = 0; y < height; y += 2)
        {
            for (var x = 0; x < width; x += 2)
            {
                Square(points + (y * row) + x, row, channel, made);
                for (var i = 0; i < 4; i++)
                {
                    var (down, across) = (y + (i / 2), x + (i % 2));
                    if (down >= height || across >= width) continue;
                    var to = output + ((((nint)down * width) + across) * _outputs);
                    Vector512.MaxNative(least, Vector512.Load(made + (i * Columns))).Store(to);
                    Vector512.MaxNative(least, Vector512.Load(made + (i * Columns) + Lanes)).Store(to + Lanes);
                }
            }
        }
    }

    /// <summary>32 channels of 2 x 2 points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Square(float* points, nint row, int channel, float* made)
    {
        var filter = _filters.First + ((nint)channel * Weights);
        var (a, e) = (Vector512.Load(_bias.First + channel), Vector512.Load(_bias.First + channel + Lanes));
        var (b, c, d, f, g, h) = (a, a, a, e, e, e);
        for (var y = 0; y < 3; y++, points += row)
        {
            for (var x = 0; x < 3; x++, filter += Columns)
            {
                var (first, second) = (Vector512.Load(filter), Vector512.Load(filter + Lanes));
                var point = Vector512.Create(points[x]);
                a = Vector512.FusedMultiplyAdd(point, first, a);
                e = Vector512.FusedMultiplyAdd(point, second, e);
                point = Vector512.Create(points[x + 1]);
                b = Vector512.FusedMultiplyAdd(point, first, b);
                f = Vector512.FusedMultiplyAdd(point, second, f);
                point = Vector512.Create(points[row + x]);
                c = Vector512.FusedMultiplyAdd(point, first, c);
                g = Vector512.FusedMultiplyAdd(point, second, g);
                point = Vector512.Create(points[row + x + 1]);
                d = Vector512.FusedMultiplyAdd(point, first, d);
                h = Vector512.FusedMultiplyAdd(point, second, h);
            }
        }
        a.Store(made);
        e.Store(made + Lanes);
        b.Store(made + Columns);
        f.Store(made + Columns + Lanes);
        c.Store(made + (2 * Columns));
        g.Store(made + (2 * Columns) + Lanes);
        d.Store(made + (3 * Columns));
        h.Store(made + (3 * Columns) + Lanes);
    }
}
