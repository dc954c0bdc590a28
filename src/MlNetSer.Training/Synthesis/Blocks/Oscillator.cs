using System.Numerics.Tensors;

namespace MlNetSer.Training.Synthesis;

/// <summary>Periodic sources. A frequency is a curve in Hz, one value per sample.</summary>
internal static class Oscillator
{
    /// <summary>The phase in cycles, in [0, 1), of an oscillator that follows the frequency curve.</summary>
    public static float[] Phase(ReadOnlySpan<float> frequency, int sampleRate, float start = 0)
    {
        var phase = new float[frequency.Length];
        double now = start, step = 1.0 / sampleRate;
        for (var i = 0; i < phase.Length; i++)
        {
            now -= Math.Floor(now);
            // Rounding to single precision may reach 1 itself, which is the same phase as 0.
            phase[i] = now > 0.99999997 ? 0 : (float)now;
            now += frequency[i] * step;
        }
        return phase;
    }

    public static float[] Sine(ReadOnlySpan<float> phase)
    {
        var output = new float[phase.Length];
        TensorPrimitives.Multiply(phase, MathF.Tau, output);
        TensorPrimitives.Sin(output, output);
        return output;
    }

    /// <summary>
    /// The sum of harmonics 1, 2, 3 ... with the given amplitudes. Those that would pass 45 % of the sample rate are left out.
    /// </summary>
    public static float[] Harmonics(ReadOnlySpan<float> phase, ReadOnlySpan<float> amplitudes, float highestFrequency, int sampleRate)
    {
        var output = new float[phase.Length];
        var partial = new float[phase.Length];
        for (var h = 0; h < amplitudes.Length && (h + 1) * highestFrequency < 0.45f * sampleRate; h++)
        {
            if (amplitudes[h] == 0) continue;
            TensorPrimitives.Multiply(phase, (h + 1) * MathF.Tau, partial);
            TensorPrimitives.Sin(partial, partial);
            TensorPrimitives.MultiplyAdd(partial, amplitudes[h], output, output);
        }
        return output;
    }

    /// <summary>Frequency modulation: a carrier whose phase swings by <paramref name="index"/> radians, sample by sample.</summary>
    public static float[] FrequencyModulated(ReadOnlySpan<float> carrier, ReadOnlySpan<float> modulator, ReadOnlySpan<float> index)
    {
        var output = Sine(modulator);
        TensorPrimitives.Multiply(output, index, output);
        TensorPrimitives.MultiplyAdd(carrier, MathF.Tau, output, output);
        TensorPrimitives.Sin(output, output);
        return output;
    }

    /// <summary>
    /// Amplitudes that fall by <paramref name="slope"/> dB per octave, each moved at random by up to <paramref name="jitter"/> dB;
    /// with <paramref name="oddOnly"/> as a square wave or a closed pipe has them.
    /// </summary>
    public static float[] Spectrum(SoundRandom random, int count, float slope, float jitter = 0, bool oddOnly = false)
    {
        var amplitudes = new float[count];
        for (var h = 0; h < count; h++)
        {
            var decibels = slope * MathF.Log2(h + 1) + jitter * random.Uniform(-1, 1);
            amplitudes[h] = oddOnly && h % 2 == 1 ? 0 : Level.Gain(decibels);
        }
        return amplitudes;
    }
}
