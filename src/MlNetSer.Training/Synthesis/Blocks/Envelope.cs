namespace MlNetSer.Training.Synthesis;

/// <summary>Curves over time, one value per sample: gains from 0 to 1, or any other parameter that moves.</summary>
internal static class Envelope
{
    public static float[] Constant(int length, float value)
    {
        var curve = new float[length];
        Array.Fill(curve, value);
        return curve;
    }

    /// <summary>
    /// A linear rise of <paramref name="attack"/> samples, then an exponential fall by 60 dB in <paramref name="decay"/> samples.
    /// </summary>
    public static float[] Decay(int length, float attack, float decay)
    {
        var curve = new float[length];
        var factor = MathF.Exp(-6.9078f / MathF.Max(decay, 1));
        var value = 1f;
        for (var i = 0; i < length; i++)
        {
            if (i < attack)
            {
                curve[i] = (i + 1) / (attack + 1);
                continue;
            }
            curve[i] = value;
            value *= factor;
            // Denormal numbers would slow everything that follows.
            if (value < 1e-12f) break;
        }
        return curve;
    }

    /// <summary>Full level with rounded edges of <paramref name="attack"/> and <paramref name="release"/> samples.</summary>
    public static float[] Gate(int length, float attack, float release)
    {
        var curve = Constant(length, 1);
        for (var i = 0; i < length; i++)
        {
            if (i < attack) curve[i] *= Smooth(i / attack);
            if (length - 1 - i < release) curve[i] *= Smooth((length - 1 - i) / release);
        }
        return curve;
    }

    /// <summary>
    /// From one value to another along a straight line of a logarithmic scale; with a <paramref name="bend"/> above 1 it lingers at
    /// the start.
    /// </summary>
    public static float[] Glide(int length, float from, float to, float bend = 1)
    {
        var curve = new float[length];
        var ratio = MathF.Log(to / from);
        for (var i = 0; i < length; i++) curve[i] = from * MathF.Exp(ratio * MathF.Pow((float)i / length, bend));
        return curve;
    }

    /// <summary>
    /// A smooth random course: <paramref name="rate"/> new values a second, uniform between low and high (logarithmic if both
    /// are above zero), with cosine interpolation.
    /// </summary>
    public static float[] Wander(SoundRandom random, int length, float rate, float low, float high, int sampleRate)
    {
        random = random.Fork();
        var curve = new float[length];
        var step = rate / sampleRate;
        float Draw() => low > 0 ? random.LogUniform(low, high) : random.Uniform(low, high);
        float from = Draw(), to = Draw(), position = random.Unit();
        for (var i = 0; i < length; i++)
        {
            curve[i] = from + (to - from) * Smooth(position);
            position += step;
            if (position < 1) continue;
            position -= MathF.Floor(position);
            (from, to) = (to, Draw());
        }
        return curve;
    }

    private static float Smooth(float x) => 0.5f - 0.5f * MathF.Cos(MathF.PI * x);
}
