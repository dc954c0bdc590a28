using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>
/// Products of a few rows of one matrix with some columns of another, whose sums stay in registers: 24 of the 32 that AVX-512 has, so that a load feeds two multiply-adds
/// and more.
/// </summary>
internal static unsafe class TileProducts
{
    /// <summary>Rows and columns of <see cref="Wide"/>.</summary>
    public const int WideRows = 6, WideColumns = 64;

    /// <summary>Rows and columns of <see cref="Narrow"/>.</summary>
    public const int NarrowRows = 12, NarrowColumns = 32;

    /// <summary>Rows and columns of <see cref="AddOuter"/>.</summary>
    public const int OuterRows = 8, OuterColumns = 32;

    private const int Lanes = WinogradTransforms.Lanes;

    /// <summary>6 rows times 64 columns.</summary>
    /// <param name="left">[6, <paramref name="inner"/>].</param>
    /// <param name="right">[<paramref name="inner"/>, 64].</param>
    /// <param name="inner">Products in each sum.</param>
    /// <param name="result">Receives [6, 64].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Wide(float* left, float* right, nint inner, float* result)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default;
        float* rowB = left + inner, rowC = rowB + inner, rowD = rowC + inner, rowE = rowD + inner, rowF = rowE + inner;
        for (nint i = 0; i < inner; i++, right += WideColumns)
        {
            var w0 = Vector512.Load(right);
            var w1 = Vector512.Load(right + Lanes);
            var w2 = Vector512.Load(right + (2 * Lanes));
            var w3 = Vector512.Load(right + (3 * Lanes));
            var x = Vector512.Create(left[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = Vector512.Create(rowB[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
            x = Vector512.Create(rowC[i]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(x, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(x, w3, c3);
            x = Vector512.Create(rowD[i]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(x, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(x, w3, d3);
            x = Vector512.Create(rowE[i]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            e2 = Vector512.FusedMultiplyAdd(x, w2, e2);
            e3 = Vector512.FusedMultiplyAdd(x, w3, e3);
            x = Vector512.Create(rowF[i]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            f2 = Vector512.FusedMultiplyAdd(x, w2, f2);
            f3 = Vector512.FusedMultiplyAdd(x, w3, f3);
        }
        Store(result, a0, a1);
        Store(result + (2 * Lanes), a2, a3);
        Store(result + WideColumns, b0, b1);
        Store(result + WideColumns + (2 * Lanes), b2, b3);
        Store(result + (2 * WideColumns), c0, c1);
        Store(result + (2 * WideColumns) + (2 * Lanes), c2, c3);
        Store(result + (3 * WideColumns), d0, d1);
        Store(result + (3 * WideColumns) + (2 * Lanes), d2, d3);
        Store(result + (4 * WideColumns), e0, e1);
        Store(result + (4 * WideColumns) + (2 * Lanes), e2, e3);
        Store(result + (5 * WideColumns), f0, f1);
        Store(result + (5 * WideColumns) + (2 * Lanes), f2, f3);
    }

    /// <summary>12 rows times 32 columns.</summary>
    /// <param name="left">[12, <paramref name="inner"/>].</param>
    /// <param name="right">[<paramref name="inner"/>, 32].</param>
    /// <param name="inner">Products in each sum.</param>
    /// <param name="result">Receives [12, 32].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Narrow(float* left, float* right, nint inner, float* result)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector512<float> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        Vector512<float> g0 = default, g1 = default, h0 = default, h1 = default, i0 = default, i1 = default;
        Vector512<float> j0 = default, j1 = default, k0 = default, k1 = default, l0 = default, l1 = default;
        float* rowE = left + (4 * inner), rowI = left + (8 * inner);
        for (nint n = 0; n < inner; n++, right += NarrowColumns, left++, rowE++, rowI++)
        {
            var w0 = Vector512.Load(right);
            var w1 = Vector512.Load(right + Lanes);
            var x = Vector512.Create(left[0]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            x = Vector512.Create(left[inner]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            x = Vector512.Create(left[2 * inner]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            x = Vector512.Create(left[3 * inner]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            x = Vector512.Create(rowE[0]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            x = Vector512.Create(rowE[inner]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            x = Vector512.Create(rowE[2 * inner]);
            g0 = Vector512.FusedMultiplyAdd(x, w0, g0);
            g1 = Vector512.FusedMultiplyAdd(x, w1, g1);
            x = Vector512.Create(rowE[3 * inner]);
            h0 = Vector512.FusedMultiplyAdd(x, w0, h0);
            h1 = Vector512.FusedMultiplyAdd(x, w1, h1);
            x = Vector512.Create(rowI[0]);
            i0 = Vector512.FusedMultiplyAdd(x, w0, i0);
            i1 = Vector512.FusedMultiplyAdd(x, w1, i1);
            x = Vector512.Create(rowI[inner]);
            j0 = Vector512.FusedMultiplyAdd(x, w0, j0);
            j1 = Vector512.FusedMultiplyAdd(x, w1, j1);
            x = Vector512.Create(rowI[2 * inner]);
            k0 = Vector512.FusedMultiplyAdd(x, w0, k0);
            k1 = Vector512.FusedMultiplyAdd(x, w1, k1);
            x = Vector512.Create(rowI[3 * inner]);
            l0 = Vector512.FusedMultiplyAdd(x, w0, l0);
            l1 = Vector512.FusedMultiplyAdd(x, w1, l1);
        }
        Store(result, a0, a1);
        Store(result + NarrowColumns, b0, b1);
        Store(result + (2 * NarrowColumns), c0, c1);
        Store(result + (3 * NarrowColumns), d0, d1);
        Store(result + (4 * NarrowColumns), e0, e1);
        Store(result + (5 * NarrowColumns), f0, f1);
        Store(result + (6 * NarrowColumns), g0, g1);
        Store(result + (7 * NarrowColumns), h0, h1);
        Store(result + (8 * NarrowColumns), i0, i1);
        Store(result + (9 * NarrowColumns), j0, j1);
        Store(result + (10 * NarrowColumns), k0, k1);
        Store(result + (11 * NarrowColumns), l0, l1);
    }

    /// <summary>Adds the products of 8 columns of one matrix with 32 of another.</summary>
    /// <param name="left">[<paramref name="count"/>, 8].</param>
    /// <param name="leftRow">Values from a row of it to the next.</param>
    /// <param name="right">[<paramref name="count"/>, 32].</param>
    /// <param name="rightRow">Values from a row of it to the next.</param>
    /// <param name="count">Products in each sum.</param>
    /// <param name="result">[8, 32], to which the sums are added.</param>
    /// <param name="resultRow">Values from a row of it to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void AddOuter(float* left, nint leftRow, float* right, nint rightRow, int count, float* result, nint resultRow)
    {
        float* at = result;
        Vector512<float> a0 = Vector512.Load(at), a1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> b0 = Vector512.Load(at), b1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> c0 = Vector512.Load(at), c1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> d0 = Vector512.Load(at), d1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> e0 = Vector512.Load(at), e1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> f0 = Vector512.Load(at), f1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> g0 = Vector512.Load(at), g1 = Vector512.Load(at + Lanes);
        at += resultRow;
        Vector512<float> h0 = Vector512.Load(at), h1 = Vector512.Load(at + Lanes);
        for (var i = 0; i < count; i++, left += leftRow, right += rightRow)
        {
            var w0 = Vector512.Load(right);
            var w1 = Vector512.Load(right + Lanes);
            var x = Vector512.Create(left[0]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            x = Vector512.Create(left[1]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            x = Vector512.Create(left[2]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            x = Vector512.Create(left[3]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            x = Vector512.Create(left[4]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            x = Vector512.Create(left[5]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            x = Vector512.Create(left[6]);
            g0 = Vector512.FusedMultiplyAdd(x, w0, g0);
            g1 = Vector512.FusedMultiplyAdd(x, w1, g1);
            x = Vector512.Create(left[7]);
            h0 = Vector512.FusedMultiplyAdd(x, w0, h0);
            h1 = Vector512.FusedMultiplyAdd(x, w1, h1);
        }
        at = result;
        Store(at, a0, a1);
        at += resultRow;
        Store(at, b0, b1);
        at += resultRow;
        Store(at, c0, c1);
        at += resultRow;
        Store(at, d0, d1);
        at += resultRow;
        Store(at, e0, e1);
        at += resultRow;
        Store(at, f0, f1);
        at += resultRow;
        Store(at, g0, g1);
        at += resultRow;
        Store(at, h0, h1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> first, Vector512<float> second)
    {
        first.Store(to);
        second.Store(to + Lanes);
    }
}
