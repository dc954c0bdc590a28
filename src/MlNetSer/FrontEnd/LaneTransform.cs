using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetSer;

/// <summary>Sixteen Fourier transforms of complex sequences at once, one in each lane of vectors: what they need. Thread-safe.</summary>
internal sealed unsafe class LaneTransform : IDisposable
{
    /// <summary>Sequences that are transformed at once.</summary>
    public const int Lanes = Square.Side;

    private readonly int _length;
    private readonly AlignedMemory _turns;
    private readonly int[] _places;

    /// <summary>Prepares transforms of a length that is a power of two.</summary>
    public LaneTransform(int length)
    {
        _length = length;
        var turns = new List<float>();
        for (var part = length; part >= 4; part /= 4)
        {
            for (var j = 1; j < part / 4; j++)
            {
                for (var power = 1; power <= 3; power++)
                {
                    var (sine, cosine) = Math.SinCos(-2 * Math.PI * power * j / part);
                    turns.AddRange([(float)cosine, (float)sine]);
                }
            }
        }
        _turns = new(turns.Count);
        turns.CopyTo(new Span<float>(_turns.First, turns.Count));
        _places = [.. Enumerable.Range(0, length).Select(k => PlaceOf(k, length))];
    }

    /// <summary>Where each number of the result lies.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <summary>Transforms in place; the result is in the order of <see cref="Places"/>.</summary>
    /// <param name="real">[length, <see cref="Lanes"/>]</param>
    /// <param name="imaginary">The same.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(float* real, float* imaginary)
    {
        var turn = _turns.First;
        var end = (nint)_length * Lanes;
        nint part = end;
        for (; part >= 4 * Lanes; part /= 4)
        {
            var quarter = part / 4;
            for (nint at = 0; at < end; at += part) Butterfly.Load(real + at, imaginary + at, quarter).Store(real + at, imaginary + at, quarter);
            for (nint j = Lanes; j < quarter; j += Lanes, turn += 6)
            {
                for (var at = j; at < end; at += part) Butterfly.Load(real + at, imaginary + at, quarter).Turn(turn).Store(real + at, imaginary + at, quarter);
            }
        }
        if (part != 2 * Lanes) return;
        for (nint at = 0; at < end; at += part)
        {
            Pair(real + at);
            Pair(imaginary + at);
        }
    }

    /// <summary>Frees memory, which no run may use any more.</summary>
    public void Dispose() => _turns.Dispose();

    private static int PlaceOf(int k, int length) => length switch
    {
        1 => 0,
        2 => k,
        _ => (k % 4 * (length / 4)) + PlaceOf(k / 4, length / 4),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(float* values)
    {
        Vector512<float> a = Vector512.Load(values), b = Vector512.Load(values + Lanes);
        (a + b).Store(values);
        (a - b).Store(values + Lanes);
    }

    /// <summary>Four complex numbers of each lane, transformed.</summary>
    private readonly ref struct Butterfly(
        Vector512<float> r0, Vector512<float> i0, Vector512<float> r1, Vector512<float> i1, Vector512<float> r2, Vector512<float> i2, Vector512<float> r3, Vector512<float> i3)
    {
        private readonly Vector512<float> _r0 = r0, _i0 = i0, _r1 = r1, _i1 = i1, _r2 = r2, _i2 = i2, _r3 = r3, _i3 = i3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Butterfly Load(float* real, float* imaginary, nint quarter)
        {
            Vector512<float> ar = Vector512.Load(real), ai = Vector512.Load(imaginary);
            Vector512<float> br = Vector512.Load(real + quarter), bi = Vector512.Load(imaginary + quarter);
            Vector512<float> cr = Vector512.Load(real + (2 * quarter)), ci = Vector512.Load(imaginary + (2 * quarter));
            Vector512<float> dr = Vector512.Load(real + (3 * quarter)), di = Vector512.Load(imaginary + (3 * quarter));
            Vector512<float> evenR = ar + cr, evenI = ai + ci, awayR = ar - cr, awayI = ai - ci;
            Vector512<float> oddR = br + dr, oddI = bi + di, acrossR = br - dr, acrossI = bi - di;
            return new(
                evenR + oddR, evenI + oddI, awayR + acrossI, awayI - acrossR,
                evenR - oddR, evenI - oddI, awayR - acrossI, awayI + acrossR);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Butterfly Turn(float* turn)
        {
            Vector512<float> c1 = Vector512.Create(turn[0]), s1 = Vector512.Create(turn[1]);
            Vector512<float> c2 = Vector512.Create(turn[2]), s2 = Vector512.Create(turn[3]);
            Vector512<float> c3 = Vector512.Create(turn[4]), s3 = Vector512.Create(turn[5]);
            return new(
                _r0, _i0,
                Avx512F.FusedMultiplyAddNegated(_i1, s1, _r1 * c1), Avx512F.FusedMultiplyAdd(_i1, c1, _r1 * s1),
                Avx512F.FusedMultiplyAddNegated(_i2, s2, _r2 * c2), Avx512F.FusedMultiplyAdd(_i2, c2, _r2 * s2),
                Avx512F.FusedMultiplyAddNegated(_i3, s3, _r3 * c3), Avx512F.FusedMultiplyAdd(_i3, c3, _r3 * s3));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* real, float* imaginary, nint quarter)
        {
            _r0.Store(real);
            _i0.Store(imaginary);
            _r1.Store(real + quarter);
            _i1.Store(imaginary + quarter);
            _r2.Store(real + (2 * quarter));
            _i2.Store(imaginary + (2 * quarter));
            _r3.Store(real + (3 * quarter));
            _i3.Store(imaginary + (3 * quarter));
        }
    }
}
