using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// The power of a windowed frame at each frequency, by a fast Fourier transform of half the size: even samples are real parts, odd ones imaginary parts. Its numbers lie in rows of sixteen; columns are
/// transformed first, then rows. Thread-safe.
/// </summary>
internal sealed unsafe class PowerSpectrum : IDisposable
{
    private const int Lanes = LaneTransform.Lanes;

    private static readonly Vector512<int> s_even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    private static readonly Vector512<int> s_odd = s_even + Vector512<int>.One;
    private static readonly Vector512<int> s_backwards = Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    private readonly int _half;
    private readonly int _rows;
    private readonly int _filledRows;
    private readonly LaneTransform _columns;
    private readonly LaneTransform _row = new(Lanes);
    private readonly AlignedMemory _window;
    private readonly AlignedMemory _turns;
    private readonly AlignedMemory _split;

    /// <summary>Prepares spectra of <see cref="LogMelSettings.FftSize"/> points.</summary>
    public PowerSpectrum(LogMelSettings settings)
    {
        _half = settings.FftSize / 2;
        _rows = _half / Lanes;
        _columns = new(_rows);
        _filledRows = (settings.WindowSize + (2 * Lanes) - 1) / (2 * Lanes);
        _window = new(SamplesRead);
        // Sums and differences of two numbers below would be twice what they are meant to be.
        for (var n = 0; n < settings.WindowSize; n++) _window.First[n] = (float)(CentredTransform.Window(settings.WindowSize, n) / 2);
        _turns = new(2L * _half);
        for (var k = 0; k < _rows; k++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var (sine, cosine) = Math.SinCos(-2 * Math.PI * k * lane / _half);
                (_turns.First[(2 * k * Lanes) + lane], _turns.First[(((2 * k) + 1) * Lanes) + lane]) = ((float)cosine, (float)sine);
            }
        }
        var pairs = (_half / 2) + Lanes;
        _split = new(2L * pairs);
        for (var k = 0; k < pairs; k++)
        {
            var (sine, cosine) = Math.SinCos(Math.PI * k / _half);
            var at = (k / Lanes * 2 * Lanes) + (k % Lanes);
            (_split.First[at], _split.First[at + Lanes]) = ((float)cosine, (float)sine);
        }
    }

    /// <summary>Samples that are read of each frame; those beyond the window must be finite.</summary>
    public int SamplesRead => 2 * Lanes * _filledRows;

    /// <summary>Floats to be given to <see cref="Run"/> as its own.</summary>
    public int Scratch => (2 * _half) + (2 * (_half + Lanes)) + (2 * Square.Size);

    /// <summary>Powers that come out, and zeros behind them.</summary>
    public int Powers => _half + Lanes;

    /// <summary>Whether there is a transform of such a size here.</summary>
    public static bool Fits(int size) => Avx512F.IsSupported && Vector512.IsHardwareAccelerated && size is 512 or 1024 or 2048 or 4096 or 8192;

    /// <summary>Computes a frame's powers.</summary>
    /// <param name="samples">[<see cref="SamplesRead"/>]</param>
    /// <param name="powers">[<see cref="Powers"/>], of which the first FftSize / 2 + 1 are written.</param>
    /// <param name="scratch">[<see cref="Scratch"/>], aligned to cache lines.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Run(float* samples, float* powers, float* scratch)
    {
        float* real = scratch, imaginary = real + _half;
        float* madeReal = imaginary + _half, madeImaginary = madeReal + _half + Lanes;
        Enter(samples, real, imaginary);
        _columns.Run(real, imaginary);
        TransformRows(real, imaginary, madeReal, madeImaginary, madeImaginary + _half + Lanes);
        Split(madeReal, madeImaginary, powers);
    }

    /// <summary>Frees memory, which no run may use any more.</summary>
    public void Dispose()
    {
        _columns.Dispose();
        _row.Dispose();
        _window.Dispose();
        _turns.Dispose();
        _split.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Enter(float* samples, float* real, float* imaginary)
    {
        var window = _window.First;
        nint row = 0;
        for (; row < _filledRows * Lanes; row += Lanes)
        {
            var first = Vector512.Load(samples + (2 * row)) * Vector512.Load(window + (2 * row));
            var second = Vector512.Load(samples + (2 * row) + Lanes) * Vector512.Load(window + (2 * row) + Lanes);
            Avx512F.PermuteVar16x32x2(first, s_even, second).Store(real + row);
            Avx512F.PermuteVar16x32x2(first, s_odd, second).Store(imaginary + row);
        }
        for (; row < _half; row += Lanes)
        {
            Vector512<float>.Zero.Store(real + row);
            Vector512<float>.Zero.Store(imaginary + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformRows(float* real, float* imaginary, float* madeReal, float* madeImaginary, float* squareReal)
    {
        var squareImaginary = squareReal + Square.Size;
        fixed (int* places = _columns.Places, rowPlaces = _row.Places)
        {
            for (nint first = 0; first < _rows; first += Lanes)
            {
                for (nint k = 0; k < Lanes; k++)
                {
                    var at = (nint)places[first + k] * Lanes;
                    var turn = _turns.First + (2 * Lanes * (first + k));
                    Vector512<float> r = Vector512.Load(real + at), i = Vector512.Load(imaginary + at), c = Vector512.Load(turn), s = Vector512.Load(turn + Lanes);
                    Avx512F.FusedMultiplyAddNegated(i, s, r * c).Store(squareReal + (k * Lanes));
                    Avx512F.FusedMultiplyAdd(i, c, r * s).Store(squareImaginary + (k * Lanes));
                }
                Square.Transpose(squareReal, Lanes, squareReal, Lanes);
                Square.Transpose(squareImaginary, Lanes, squareImaginary, Lanes);
                _row.Run(squareReal, squareImaginary);
                for (nint k = 0; k < Lanes; k++)
                {
                    var at = (nint)rowPlaces[k] * Lanes;
                    Vector512.Load(squareReal + at).Store(madeReal + (k * _rows) + first);
                    Vector512.Load(squareImaginary + at).Store(madeImaginary + (k * _rows) + first);
                }
            }
        }
        // The sequence goes round.
        (madeReal[_half], madeImaginary[_half]) = (madeReal[0], madeImaginary[0]);
    }

    /// <summary>From the transform of even and odd samples as one complex sequence to that of all samples, bins k and half the size - k together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Split(float* real, float* imaginary, float* powers)
    {
        for (nint k = 0; k <= _half / 2; k += Lanes)
        {
            var mirrored = _half - k - (Lanes - 1);
            Vector512<float> a = Vector512.Load(real + k), b = Vector512.Load(imaginary + k);
            var c = Avx512F.PermuteVar16x32(Vector512.Load(real + mirrored), s_backwards);
            var d = Avx512F.PermuteVar16x32(Vector512.Load(imaginary + mirrored), s_backwards);
            Vector512<float> cosine = Vector512.Load(_split.First + (2 * k)), sine = Vector512.Load(_split.First + (2 * k) + Lanes);
            Vector512<float> evenReal = a + c, evenImaginary = b - d, u = b + d, v = c - a;
            Vector512<float> oddReal = Avx512F.FusedMultiplyAdd(sine, v, cosine * u), oddImaginary = Avx512F.FusedMultiplyAddNegated(sine, u, cosine * v);
            Power(evenReal + oddReal, evenImaginary + oddImaginary).Store(powers + k);
            Avx512F.PermuteVar16x32(Power(evenReal - oddReal, evenImaginary - oddImaginary), s_backwards).Store(powers + mirrored);
        }

        static Vector512<float> Power(Vector512<float> real, Vector512<float> imaginary) => Avx512F.FusedMultiplyAdd(real, real, imaginary * imaginary);
    }
}
