using System.Numerics;

namespace MlNetSer.Training.Synthesis;

/// <summary>The tests' own view of a signal's frequencies, in double precision.</summary>
internal static class PowerSpectrum
{
    /// <summary>Power per frequency bin, averaged over half-overlapping Hann windows.</summary>
    public static double[] Average(ReadOnlySpan<float> samples, int size = 4096)
    {
        var power = new double[size / 2];
        for (var start = 0; start + size <= samples.Length; start += size / 2)
        {
            var frame = Frame(samples.Slice(start, size));
            for (var k = 0; k < power.Length; k++) power[k] += frame[k];
        }
        return power;
    }

    /// <summary>Power per frequency bin of one window whose length is a power of two.</summary>
    public static double[] Frame(ReadOnlySpan<float> samples)
    {
        var values = new Complex[samples.Length];
        for (var i = 0; i < values.Length; i++) values[i] = samples[i] * (0.5 - 0.5 * Math.Cos(Math.Tau * i / values.Length));
        return [.. Transform(values).Take(values.Length / 2).Select(v => v.Real * v.Real + v.Imaginary * v.Imaginary)];
    }

    /// <summary>Decibels per octave from a least-squares line through the octave bands between two frequencies.</summary>
    public static double SlopePerOctave(float[] samples, double low, double high, int sampleRate)
    {
        var power = Average(samples);
        var levels = new List<double>();
        for (var from = low; from < high; from *= 2)
        {
            int first = (int)(from / sampleRate * 2 * power.Length), last = (int)(2 * from / sampleRate * 2 * power.Length);
            levels.Add(10 * Math.Log10(power[first..last].Average()));
        }
        var middle = (levels.Count - 1) / 2.0;
        return levels.Select((l, i) => l * (i - middle)).Sum() / levels.Select((_, i) => (i - middle) * (i - middle)).Sum();
    }

    private static Complex[] Transform(Complex[] values)
    {
        if (values.Length == 1) return values;
        var even = Transform([.. values.Where((_, i) => i % 2 == 0)]);
        var odd = Transform([.. values.Where((_, i) => i % 2 == 1)]);
        var result = new Complex[values.Length];
        for (var k = 0; k < even.Length; k++)
        {
            var turned = Complex.FromPolarCoordinates(1, -Math.Tau * k / values.Length) * odd[k];
            (result[k], result[k + even.Length]) = (even[k] + turned, even[k] - turned);
        }
        return result;
    }
}
