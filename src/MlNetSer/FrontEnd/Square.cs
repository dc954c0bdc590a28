using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetSer;

/// <summary>Sixteen vectors of sixteen floats.</summary>
internal static unsafe class Square
{
    /// <summary>Floats in one.</summary>
    public const int Size = LaneTransform.Lanes * LaneTransform.Lanes;

    /// <summary>Turns rows into columns, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* square)
    {
        // Within parts of four by four first, then parts as wholes.
        for (nint row = 0; row < Size; row += 4 * LaneTransform.Lanes)
        {
            var (a, b) = (Vector512.Load(square + row), Vector512.Load(square + row + 16));
            var (c, d) = (Vector512.Load(square + row + 32), Vector512.Load(square + row + 48));
            var (abLow, abHigh) = (Avx512F.UnpackLow(a, b).AsDouble(), Avx512F.UnpackHigh(a, b).AsDouble());
            var (cdLow, cdHigh) = (Avx512F.UnpackLow(c, d).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(square + row);
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(square + row + 16);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(square + row + 32);
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(square + row + 48);
        }
        for (nint column = 0; column < 4 * LaneTransform.Lanes; column += LaneTransform.Lanes)
        {
            var (a, b) = (Vector512.Load(square + column), Vector512.Load(square + column + 64));
            var (c, d) = (Vector512.Load(square + column + 128), Vector512.Load(square + column + 192));
            // Parts 0 and 2, and 1 and 3, of each two.
            var (abEven, abOdd) = (Avx512F.Shuffle4x128(a, b, 0b10_00_10_00), Avx512F.Shuffle4x128(a, b, 0b11_01_11_01));
            var (cdEven, cdOdd) = (Avx512F.Shuffle4x128(c, d, 0b10_00_10_00), Avx512F.Shuffle4x128(c, d, 0b11_01_11_01));
            Avx512F.Shuffle4x128(abEven, cdEven, 0b10_00_10_00).Store(square + column);
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b10_00_10_00).Store(square + column + 64);
            Avx512F.Shuffle4x128(abEven, cdEven, 0b11_01_11_01).Store(square + column + 128);
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b11_01_11_01).Store(square + column + 192);
        }
    }
}
