using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>
/// Winograd's minimal filtering F(4 x 4, 3 x 3): 16 points of a 3 x 3 convolution from 36 products for each pair of channels instead of 144. A tile of 6 x 6 points of the
/// input becomes 36 numbers by <c>B</c>, the filter by <c>G</c>, and their products the 4 x 4 points by <c>A</c>. Sixteen channels at a time.
/// </summary>
/// <remarks>A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section 4.</remarks>
[SkipLocalsInit]
internal static unsafe class WinogradTransforms
{
    /// <summary>Rows and columns of the input that a tile is made from.</summary>
    public const int Tile = 6;

    /// <summary>Rows and columns of the output that it makes.</summary>
    public const int Made = 4;

    /// <summary>Rows and columns of a filter.</summary>
    public const int Side = 3;

    /// <summary>Numbers of a transformed tile.</summary>
    public const int Positions = Tile * Tile;

    /// <summary>Channels at a time.</summary>
    public const int Lanes = 16;

    /// <summary>Transforms a tile.</summary>
    /// <param name="image">Its first point.</param>
    /// <param name="row">Values from a row to the next.</param>
    /// <param name="column">Values from a point to the next.</param>
    /// <param name="transformed">The first of its 36 positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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

    /// <summary>Transforms filters, sixteen side by side.</summary>
    /// <param name="filters">Their first weights.</param>
    /// <param name="weight">Values from a weight to the next; negative for filters that are turned around.</param>
    /// <param name="transformed">The first of their 36 positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Filter(float* filters, nint weight, float* transformed, nint position)
    {
        var between = stackalloc float[Tile * Side * Lanes];
        for (var i = 0; i < Side; i++)
        {
            var from = filters + (i * weight);
            Filter(Vector512.Load(from), Vector512.Load(from + (Side * weight)), Vector512.Load(from + (2 * Side * weight)), between + (i * Lanes), Side * Lanes);
        }
        for (var i = 0; i < Tile; i++)
        {
            var from = between + (i * Side * Lanes);
            Filter(Vector512.Load(from), Vector512.Load(from + Lanes), Vector512.Load(from + (2 * Lanes)), transformed + (i * Tile * position), position);
        }
    }

    /// <summary>The gradient of a tile's 36 products, from that of the 4 x 4 points that are made of them.</summary>
    /// <param name="image">The first point's gradient.</param>
    /// <param name="row">Values from a row to the next.</param>
    /// <param name="column">Values from a point to the next.</param>
    /// <param name="transformed">The first of 36 positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void OutputGradient<TPrecision, TStored>(TStored* image, nint row, nint column, float* transformed, nint position)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var between = stackalloc float[Tile * Made * Lanes];
        for (var i = 0; i < Made; i++)
        {
            var from = image + (i * column);
            OutputGradient(
                TPrecision.Load(from), TPrecision.Load(from + row), TPrecision.Load(from + (2 * row)), TPrecision.Load(from + (3 * row)),
                between + (i * Lanes), Made * Lanes);
        }
        for (var i = 0; i < Tile; i++)
        {
            var from = between + (i * Made * Lanes);
            OutputGradient(
                Vector512.Load(from), Vector512.Load(from + Lanes), Vector512.Load(from + (2 * Lanes)), Vector512.Load(from + (3 * Lanes)),
                transformed + (i * Tile * position), position);
        }
    }

    /// <summary>The gradient of filters, sixteen side by side, from that of their 36 positions.</summary>
    /// <param name="transformed">The first of the positions.</param>
    /// <param name="position">Values from a position to the next.</param>
    /// <param name="filters">Receives the gradient of the first weights.</param>
    /// <param name="weight">Values from a weight to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void FilterGradient(float* transformed, nint position, float* filters, nint weight)
    {
        var between = stackalloc float[Tile * Side * Lanes];
        for (var i = 0; i < Tile; i++)
        {
            var from = transformed + (i * position);
            FilterGradient(
                Vector512.Load(from), Vector512.Load(from + (Tile * position)), Vector512.Load(from + (2 * Tile * position)),
                Vector512.Load(from + (3 * Tile * position)), Vector512.Load(from + (4 * Tile * position)), Vector512.Load(from + (5 * Tile * position)),
                between + (i * Lanes), Tile * Lanes);
        }
        for (var i = 0; i < Side; i++)
        {
            var from = between + (i * Tile * Lanes);
            FilterGradient(
                Vector512.Load(from), Vector512.Load(from + Lanes), Vector512.Load(from + (2 * Lanes)),
                Vector512.Load(from + (3 * Lanes)), Vector512.Load(from + (4 * Lanes)), Vector512.Load(from + (5 * Lanes)),
                filters + (i * Side * weight), weight);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter(Vector512<float> a, Vector512<float> b, Vector512<float> c, float* to, nint apart)
    {
        var (sixth, twelfth, ends) = (Vector512.Create(1 / 6f), Vector512.Create(1 / 12f), a + c);
        var far = Vector512.FusedMultiplyAdd(c, sixth, a * Vector512.Create(1 / 24f));
        (a * Vector512.Create(0.25f)).Store(to);
        ((ends + b) * -sixth).Store(to + apart);
        ((ends - b) * -sixth).Store(to + (2 * apart));
        Vector512.FusedMultiplyAdd(b, twelfth, far).Store(to + (3 * apart));
        Vector512.FusedMultiplyAdd(-b, twelfth, far).Store(to + (4 * apart));
        c.Store(to + (5 * apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputGradient(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint apart)
    {
        var (two, four) = (Vector512.Create(2f), Vector512.Create(4f));
        var (even, odd) = (a + c, b + d);
        var (evens, odds) = (Vector512.FusedMultiplyAdd(four, c, a), two * Vector512.FusedMultiplyAdd(four, d, b));
        a.Store(to);
        (even + odd).Store(to + apart);
        (even - odd).Store(to + (2 * apart));
        (evens + odds).Store(to + (3 * apart));
        (evens - odds).Store(to + (4 * apart));
        d.Store(to + (5 * apart));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterGradient(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e, Vector512<float> f, float* to, nint apart)
    {
        var (sixth, near, far) = (Vector512.Create(1 / 6f), b + c, d + e);
        Vector512.FusedMultiplyAdd(a, Vector512.Create(0.25f), Vector512.FusedMultiplyAdd(far, Vector512.Create(1 / 24f), -near * sixth)).Store(to);
        Vector512.FusedMultiplyAdd(c - b, sixth, (d - e) * Vector512.Create(1 / 12f)).Store(to + apart);
        Vector512.FusedMultiplyAdd(far - near, sixth, f).Store(to + (2 * apart));
    }
}
