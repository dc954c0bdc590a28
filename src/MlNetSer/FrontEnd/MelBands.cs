using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>From powers to the logarithm of mel bands, each of which has weight on a few bins only. Thread-safe.</summary>
internal sealed unsafe class MelBands : IDisposable
{
    private const int Lanes = LaneTransform.Lanes;

    private readonly (int FirstBin, int Vectors)[] _bands;
    private readonly AlignedMemory _weights;
    private readonly float _offset;

    /// <summary>Gathers the bands' weights.</summary>
    public MelBands(LogMelSettings settings)
    {
        var mel = MelFilterBank.Weights(settings);
        var bins = mel.GetLength(1);
        var weights = new List<float>();
        _bands = new (int, int)[settings.MelBands];
        _offset = (float)settings.LogOffset;
        for (var band = 0; band < _bands.Length; band++)
        {
            var weighed = Enumerable.Range(0, bins).Where(bin => mel[band, bin] > 0).ToArray();
            var (first, vectors) = (weighed[0], (weighed[^1] - weighed[0] + Lanes) / Lanes);
            _bands[band] = (first, vectors);
            for (var i = 0; i < vectors * Lanes; i++) weights.Add(first + i < bins ? (float)mel[band, first + i] : 0);
        }
        _weights = new(weights.Count);
        weights.CopyTo(new Span<float>(_weights.First, weights.Count));
    }

    /// <summary>Floats to be given to <see cref="Run"/> as its own.</summary>
    public const int Scratch = Square.Size;

    /// <summary>Computes a frame's bands.</summary>
    /// <param name="powers">Of each bin, and sixteen finite numbers behind them, which have no weight.</param>
    /// <param name="logMel">[bands]</param>
    /// <param name="scratch">[<see cref="Scratch"/>]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(float* powers, float* logMel, float* scratch)
    {
        var weight = _weights.First;
        for (var first = 0; first < _bands.Length; first += Lanes)
        {
            var count = Math.Min(Lanes, _bands.Length - first);
            for (var i = 0; i < count; i++)
            {
                var (bin, vectors) = _bands[first + i];
                var sum = Vector512<float>.Zero;
                for (var v = 0; v < vectors; v++, weight += Lanes, bin += Lanes) sum = Vector512.FusedMultiplyAdd(Vector512.Load(powers + bin), Vector512.Load(weight), sum);
                sum.Store(scratch + (i * Lanes));
            }
            // What is left of bands that were there before is not looked at.
            Square.Transpose(scratch, Lanes, scratch, Lanes);
            var mel = Sum(scratch);
            var made = Vector512.Log(mel + Vector512.Create(_offset)) * Vector512.Create((float)(1 / Math.Log(10)));
            if (count == Lanes)
            {
                made.Store(logMel + first);
                continue;
            }
            made.Store(scratch);
            new ReadOnlySpan<float>(scratch, count).CopyTo(new(logMel + first, count));
        }
    }

    /// <summary>Frees memory, which no run may use any more.</summary>
    public void Dispose() => _weights.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(float* square)
    {
        Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
        for (nint row = 0; row < Square.Size; row += 4 * Lanes)
        {
            a += Vector512.Load(square + row);
            b += Vector512.Load(square + row + Lanes);
            c += Vector512.Load(square + row + (2 * Lanes));
            d += Vector512.Load(square + row + (3 * Lanes));
        }
        return a + b + (c + d);
    }
}
