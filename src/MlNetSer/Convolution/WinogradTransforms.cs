using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>
/// Winograd's minimal filtering F(4 x 4, 3 x 3): 16 points of a 3 x 3 convolution from 36 products for each pair of channels instead of 144. A tile of 6 x 6 points of the
/// input becomes 36 numbers by <c>B</c>, the filter by <c>G</c>, and their products the 4 x 4 points by <c>A</c>. Sixteen channels at a time.
/// </summary>
/// <remarks>A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section 4.</remarks>
internal static unsafe class WinogradTransforms
{
    /// <summary>Rows and columns of the input that a tile is made from.</summary>
    public const int Tile = 6;

    /// <summary>Rows and columns of the output that it makes.</summary>
    public const int Made = 4;

    /// <summary>Numbers of a transformed tile.</summary>
    public const int Positions = Tile * Tile;

    /// <summary>Channels at a time.</summary>
    public const int Lanes = 16;

    private static readonly double[,] s_filter =
    {
        { 1 / 4.0, 0, 0 },
        { -1 / 6.0, -1 / 6.0, -1 / 6.0 },
        { -1 / 6.0, 1 / 6.0, -1 / 6.0 },
        { 1 / 24.0, 1 / 12.0, 1 / 6.0 },
        { 1 / 24.0, -1 / 12.0, 1 / 6.0 },
        { 0, 0, 1 },
    };

    /// <summary>Transforms a tile.</summary>
    /// <param name="image">Its first point.</param>
    /// <param name="row">Values from a row to the next.</param>
    /// <param name="column">Values from a point to the next.</param>
    /// <param name="transformed">The first of its 36 positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TPrecision, TStored>(TStored* image, nint row, nint column, float* transformed, nint position)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var between = stackalloc float[Positions * Lanes];
        for (var i = 0; i < Tile; i++)
        {
            var from = image + (i * column);
            Input(
                TPrecision.Load(from), TPrecision.Load(from + row), TPrecision.Load(from + (2 * row)),
                TPrecision.Load(from + (3 * row)), TPrecision.Load(from + (4 * row)), TPrecision.Load(from + (5 * row)),
                between + (i * Lanes), Tile * Lanes);
        }
        for (var i = 0; i < Tile; i++)
        {
            var from = between + (i * Tile * Lanes);
            Input(
                Vector512.Load(from), Vector512.Load(from + Lanes), Vector512.Load(from + (2 * Lanes)),
                Vector512.Load(from + (3 * Lanes)), Vector512.Load(from + (4 * Lanes)), Vector512.Load(from + (5 * Lanes)),
                transformed + (i * Tile * position), position);
        }
    }

    /// <summary>Makes the 4 x 4 points of a tile.</summary>
    /// <param name="products">The first of its 36 positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    /// <param name="bias">Added to each point.</param>
    /// <param name="least">No point is less.</param>
    /// <param name="made">Receives them, row by row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* products, nint position, Vector512<float> bias, Vector512<float> least, float* made)
    {
        var between = stackalloc float[Made * Tile * Lanes];
        for (var i = 0; i < Tile; i++)
        {
            var from = products + (i * position);
            Output(
                Vector512.Load(from), Vector512.Load(from + (Tile * position)), Vector512.Load(from + (2 * Tile * position)),
                Vector512.Load(from + (3 * Tile * position)), Vector512.Load(from + (4 * Tile * position)), Vector512.Load(from + (5 * Tile * position)),
                out var a, out var b, out var c, out var d);
            var to = between + (i * Lanes);
            a.Store(to);
            b.Store(to + (Tile * Lanes));
            c.Store(to + (2 * Tile * Lanes));
            d.Store(to + (3 * Tile * Lanes));
        }
        for (var i = 0; i < Made; i++)
        {
            var from = between + (i * Tile * Lanes);
            Output(
                Vector512.Load(from), Vector512.Load(from + Lanes), Vector512.Load(from + (2 * Lanes)),
                Vector512.Load(from + (3 * Lanes)), Vector512.Load(from + (4 * Lanes)), Vector512.Load(from + (5 * Lanes)),
                out var a, out var b, out var c, out var d);
            var to = made + (i * Made * Lanes);
            // The second operand is the result where there is no number, so that what is none stays none.
            Vector512.MaxNative(least, a + bias).Store(to);
            Vector512.MaxNative(least, b + bias).Store(to + Lanes);
            Vector512.MaxNative(least, c + bias).Store(to + (2 * Lanes));
            Vector512.MaxNative(least, d + bias).Store(to + (3 * Lanes));
        }
    }

    /// <summary>The 36 positions of a filter, whose 9 weights lie row by row.</summary>
    public static void Filter(ReadOnlySpan<float> weights, Span<float> transformed)
    {
        Span<double> between = stackalloc double[Tile * 3];
        for (var i = 0; i < Tile; i++)
        {
            for (var j = 0; j < 3; j++)
                between[(i * 3) + j] = (s_filter[i, 0] * weights[j]) + (s_filter[i, 1] * weights[3 + j]) + (s_filter[i, 2] * weights[6 + j]);
        }
        for (var i = 0; i < Tile; i++)
        {
            var row = between.Slice(i * 3, 3);
            for (var j = 0; j < Tile; j++)
                transformed[(i * Tile) + j] = (float)((s_filter[j, 0] * row[0]) + (s_filter[j, 1] * row[1]) + (s_filter[j, 2] * row[2]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e, Vector512<float> f, float* to, nint apart)
    {
        var two = Vector512.Create(2f);
        var four = Vector512.Create(4f);
        var minusFive = Vector512.Create(-5f);
        var (even, odd) = (Vector512.FusedMultiplyAdd(-four, c, e), Vector512.FusedMultiplyAdd(-four, b, d));
        var (evens, odds) = (e - c, d - b);
        Vector512.FusedMultiplyAdd(four, a, Vector512.FusedMultiplyAdd(minusFive, c, e)).Store(to);
        (even + odd).Store(to + apart);
        (even - odd).Store(to + (2 * apart));
        Vector512.FusedMultiplyAdd(two, odds, evens).Store(to + (3 * apart));
        Vector512.FusedMultiplyAdd(-two, odds, evens).Store(to + (4 * apart));
        Vector512.FusedMultiplyAdd(four, b, Vector512.FusedMultiplyAdd(minusFive, d, f)).Store(to + (5 * apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e, Vector512<float> f,
        out Vector512<float> first, out Vector512<float> second, out Vector512<float> third, out Vector512<float> fourth)
    {
        var (near, nearOdd, far, farOdd) = (b + c, b - c, d + e, d - e);
        first = a + near + far;
        second = Vector512.FusedMultiplyAdd(Vector512.Create(2f), farOdd, nearOdd);
        third = Vector512.FusedMultiplyAdd(Vector512.Create(4f), far, near);
        fourth = Vector512.FusedMultiplyAdd(Vector512.Create(8f), farOdd, nearOdd) + f;
    }
}
