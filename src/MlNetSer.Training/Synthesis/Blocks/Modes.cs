namespace MlNetSer.Training.Synthesis;

/// <summary>
/// A body that rings: decaying sinusoids (modal synthesis). Frequencies in Hz, decays in seconds to -60 dB.
/// </summary>
internal sealed class Modes(float[] frequencies, float[] decays, float[] gains)
{
    /// <summary>
    /// A body from a base frequency, the ratios of its modes, the decay of the lowest one and how much faster the higher ones
    /// die (0: all the same; 1: in proportion to their frequency).
    /// </summary>
    public static Modes Create(SoundRandom random, float frequency, ReadOnlySpan<float> ratios, float decay, float damping, float slope)
    {
        var (frequencies, decays, gains) = (new float[ratios.Length], new float[ratios.Length], new float[ratios.Length]);
        for (var m = 0; m < ratios.Length; m++)
        {
            frequencies[m] = frequency * ratios[m];
            decays[m] = decay * MathF.Pow(MathF.Max(ratios[m], 0.1f), -damping) * random.Uniform(0.7f, 1.3f);
            gains[m] = Level.Gain(slope * MathF.Log2(MathF.Max(ratios[m], 0.1f)) + random.Uniform(-6, 3));
        }
        return new(frequencies, decays, gains);
    }

    /// <summary>Adds one stroke: every mode starts at once, its gain moved a little, since no two strokes hit the same place.</summary>
    public void Strike(Span<float> target, float gain, SoundRandom random, int sampleRate)
    {
        for (var m = 0; m < frequencies.Length; m++)
        {
            var strength = gain * gains[m] * random.Uniform(0.6f, 1);
            var omega = MathF.Tau * frequencies[m] / sampleRate;
            if (omega < 0.9f * MathF.PI) Ring(target, strength, omega, decays[m] * sampleRate, random.Uniform(0, 0.5f));
        }
    }

    /// <summary>A sinusoid with exponential decay by the two-pole recursion, up to -72 dB.</summary>
    private static void Ring(Span<float> target, float gain, float omega, float decay, float phase)
    {
        double radius = Math.Exp(-6.9078 / Math.Max(decay, 4)), cosine = 2 * radius * Math.Cos(omega), square = radius * radius;
        double last = gain * Math.Sin(phase - omega) / radius, before = gain * Math.Sin(phase - 2 * omega) / square;
        var length = Math.Min(target.Length, (int)(1.2 * decay) + 1);
        for (var i = 0; i < length; i++)
        {
            var now = cosine * last - square * before;
            target[i] += (float)now;
            (before, last) = (last, now);
        }
    }
}
