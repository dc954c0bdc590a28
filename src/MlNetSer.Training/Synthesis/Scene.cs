namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Where an event was heard and with what: the same for every class, so that the timbre of the recording says little about
/// the class and a classifier has to listen to the event.
/// </summary>
internal static class Scene
{
    /// <summary>Room, microphone and background noise at random; the result peaks between -20 and -1 dB.</summary>
    public static void Record(float[] clip, int sampleRate, SoundRandom random)
    {
        Level.SetPeak(clip, 1);
        if (random.Chance(0.5f))
            Effect.Reverb(clip, random.LogUniform(0.15f, 2), random.Uniform(0.3f, 1.3f), random.LogUniform(0.05f, 0.5f), sampleRate);
        var background = Noise.Coloured(random, clip.Length, random.Pick(NoiseColour.Brown, NoiseColour.Pink, NoiseColour.White));
        Filter.Peak(background, random.LogUniform(100, 6000), sampleRate, random.Uniform(0.4f, 2), random.Uniform(-9, 12));
        Level.SetRms(background, 1);
        Level.Multiply(background, Envelope.Wander(random, clip.Length, 1, 0.6f, 1, sampleRate));
        // Relative to the peak, since a single click has next to no mean power.
        Level.Add(clip, background, Level.Gain(random.Uniform(-58, -24)));
        Microphone(clip, sampleRate, random);
        Level.SetPeak(clip, Level.Gain(random.Uniform(-20, -1)));
    }

    private static void Microphone(Span<float> clip, int sampleRate, SoundRandom random)
    {
        Filter.Tilt(clip, random.LogUniform(500, 3000), sampleRate, random.Uniform(-14, 14));
        for (var peaks = random.Integer(1, 3); peaks > 0; peaks--)
            Filter.Peak(clip, random.LogUniform(120, 7000), sampleRate, random.Uniform(0.5f, 3), random.Uniform(-10, 10));
        if (random.Chance(0.25f)) Filter.HighPass(clip, random.LogUniform(60, 400), sampleRate);
        if (random.Chance(0.25f)) Filter.LowPass(clip, random.LogUniform(3500, 9500), sampleRate);
    }
}
