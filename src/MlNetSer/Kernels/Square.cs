using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetSer;

/// <summary>Sixteen vectors of sixteen floats.</summary>
internal static unsafe class Square
{
    /// <summary>Rows, and columns.</summary>
    public const int Side = WinogradTransforms.Lanes;

    /// <summary>Floats in one.</summary>
    public const int Size = Side * Side;

    /// <summary>Turns rows into columns.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="row">Floats from a row to the next.</param>
    /// <param name="to">Receives the first column; it may be <paramref name="from"/>.</param>
    /// <param name="column">Floats from a column to the next there.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Transpose(float* from, nint row, float* to, nint column)
    {
        // Within parts of four by four first, then parts as wholes.
        var parts = stackalloc float[Size];
        for (nint at = 0; at < Size; at += 4 * Side, from += 4 * row)
        {
            var (a, b) = (Vector512.Load(from), Vector512.Load(from + row));
            var (c, d) = (Vector512.Load(from + (2 * row)), Vector512.Load(from + (3 * row)));
            var (abLow, abHigh) = (Avx512F.UnpackLow(a, b).AsDouble(), Avx512F.UnpackHigh(a, b).AsDouble());
            var (cdLow, cdHigh) = (Avx512F.UnpackLow(c, d).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(parts + at);
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(parts + at + Side);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(parts + at + (2 * Side));
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(parts + at + (3 * Side));
        }
        for (nint at = 0; at < 4 * Side; at += Side, to += column)
        {
            var (a, b) = (Vector512.Load(parts + at), Vector512.Load(parts + at + (4 * Side)));
            var (c, d) = (Vector512.Load(parts + at + (8 * Side)), Vector512.Load(parts + at + (12 * Side)));
            // Parts 0 and 2, and 1 and 3, of each two.
            var (abEven, abOdd) = (Avx512F.Shuffle4x128(a, b, 0b10_00_10_00), Avx512F.Shuffle4x128(a, b, 0b11_01_11_01));
            var (cdEven, cdOdd) = (Avx512F.Shuffle4x128(c, d, 0b10_00_10_00), Avx512F.Shuffle4x128(c, d, 0b11_01_11_01));
            Avx512F.Shuffle4x128(abEven, cdEven, 0b10_00_10_00).Store(to);
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b10_00_10_00).Store(to + (4 * column));
            Avx512F.Shuffle4x128(abEven, cdEven, 0b11_01_11_01).Store(to + (8 * column));
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b11_01_11_01).Store(to + (12 * column));
        }
    }
}
