namespace MlNetSer.Training.Synthesis;

/// <summary>Noise colours, by the slope of their power spectrum.</summary>
internal enum NoiseColour
{
    /// <summary>-6 dB per octave.</summary>
    Brown,

    /// <summary>-3 dB per octave.</summary>
    Pink,

    /// <summary>Flat.</summary>
    White,

    /// <summary>+6 dB per octave.</summary>
    Violet,
}

/// <summary>Noise sources.</summary>
internal static class Noise
{
    public static float[] White(SoundRandom random, int length)
    {
        var noise = new float[length];
        random.Fork().Fill(noise);
        return noise;
    }

    /// <summary>Noise of a colour, with a root mean square of 1.</summary>
    public static float[] Coloured(SoundRandom random, int length, NoiseColour colour)
    {
        var noise = White(random, length);
        switch (colour)
        {
            case NoiseColour.Brown:
                // The leak keeps it from drifting away; it turns flat below about 20 Hz.
                for (var i = 1; i < length; i++) noise[i] += 0.995f * noise[i - 1];
                break;
            case NoiseColour.Pink:
                Pink(noise);
                break;
            case NoiseColour.Violet:
                for (var i = length - 1; i > 0; i--) noise[i] -= noise[i - 1];
                break;
        }
        Level.SetRms(noise, 1);
        return noise;
    }

    /// <summary>
    /// One-pole low passes three octaves apart, each as strong as its bandwidth is small, add up to -3 dB per octave.
    /// </summary>
    private static void Pink(Span<float> noise)
    {
        float a = 0, b = 0, c = 0, d = 0;
        for (var i = 0; i < noise.Length; i++)
        {
            var white = noise[i];
            a += 0.0015f * (white - a);
            b += 0.012f * (white - b);
            c += 0.1f * (white - c);
            d += 0.6f * (white - d);
            noise[i] = 13f * a + 5f * b + 1.9f * c + 0.8f * d;
        }
    }
}
