using System.Numerics;

namespace MlNetSer.Audio.Tests;

/// <summary>Frequency content in double precision: the level of single tones by correlation, and energies below a frequency.</summary>
internal static class Spectrum
{
    /// <summary>The amplitude of a sine in the middle of a sound, seen through a Blackman window.</summary>
    public static double Amplitude(ReadOnlySpan<float> sound, double frequency, double sampleRate)
    {
        var sum = Complex.Zero;
        var weights = 0.0;
        for (var i = 0; i < sound.Length; i++)
        {
            var turn = 2 * Math.PI * (i + 0.5) / sound.Length;
            var weight = 0.42 - (0.5 * Math.Cos(turn)) + (0.08 * Math.Cos(2 * turn));
            sum += weight * sound[i] * Complex.FromPolarCoordinates(1, -2 * Math.PI * frequency * i / sampleRate);
            weights += weight;
        }
        return 2 * sum.Magnitude / weights;
    }

    /// <summary>The energy below a frequency, up to a factor that depends on the length only.</summary>
    public static double EnergyBelow(double frequency, double[] sound, double sampleRate)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)sound.Length);
        var padded = new Complex[size];
        for (var i = 0; i < sound.Length; i++) padded[i] = sound[i];
        var spectrum = Fourier(padded);
        var bins = (int)(frequency * size / sampleRate);
        return spectrum.Take(bins + 1).Sum(c => (c.Real * c.Real) + (c.Imaginary * c.Imaginary));
    }

    private static Complex[] Fourier(Complex[] x)
    {
        if (x.Length == 1) return x;
        var even = Fourier([.. x.Where((_, i) => i % 2 == 0)]);
        var odd = Fourier([.. x.Where((_, i) => i % 2 == 1)]);
        var half = x.Length / 2;
        var result = new Complex[x.Length];
        for (var k = 0; k < half; k++)
        {
            var turned = odd[k] * Complex.FromPolarCoordinates(1, -Math.PI * k / half);
            result[k] = even[k] + turned;
            result[k + half] = even[k] - turned;
        }
        return result;
    }
}
