namespace MlNetSer.Training.Synthesis;

/// <summary>Things that are struck: modal synthesis.</summary>
internal static class Strikes
{
    /// <summary>Dull or bright blows on wood, stone or thin metal: a burst of noise and a body that stops ringing at once.</summary>
    public static void Impact(Span<float> clip, int sampleRate, SoundRandom random)
    {
        var ratios = Stretched(random, random.Integer(4, 14), random.Uniform(0.8f, 1.7f));
        var body = Modes.Create(
            random,
            random.LogUniform(70, 1200),
            ratios,
            random.LogUniform(0.06f, 0.45f),
            random.Uniform(0.2f, 0.9f),
            random.Uniform(-7, 0));
        float brightness = random.LogUniform(500, 8000), contact = random.LogUniform(0.003f, 0.03f), noisiness = random.Uniform(0.2f, 2);
        foreach (var onset in Rhythm.Few(random, clip.Length, random.Integer(1, 4)))
        {
            var gain = random.Uniform(0.4f, 1);
            body.Strike(clip[onset..], gain, random, sampleRate);
            Level.Add(clip, Burst(random, contact, brightness, sampleRate), gain * noisiness, onset);
        }
    }

    /// <summary>Bells, gongs and glasses: inharmonic partials, most of them in beating pairs, that ring for seconds.</summary>
    public static void Bell(Span<float> clip, int sampleRate, SoundRandom random)
    {
        ReadOnlySpan<float> church = [0.5f, 1, 1.19f, 1.5f, 2, 2.51f, 2.66f, 3.01f, 4.1f];
        ReadOnlySpan<float> tube = [1, 2.76f, 5.4f, 8.93f, 13.34f];
        var ratios = random.Pick(0, 1, 2) switch
        {
            0 => church.ToArray(),
            1 => tube.ToArray(),
            _ => Stretched(random, random.Integer(4, 9), random.Uniform(1.1f, 1.6f)),
        };
        var split = random.LogUniform(1.0005f, 1.006f);
        float[] pairs = [.. ratios.Select(r => r * random.Uniform(0.98f, 1.02f)).SelectMany(r => new[] { r, r * split })];
        var body = Modes.Create(
            random, random.LogUniform(150, 2200), pairs, random.LogUniform(0.8f, 6), random.Uniform(0.3f, 0.9f), random.Uniform(-6, 0));
        foreach (var onset in Rhythm.Few(random, clip.Length, random.Integer(1, 3)))
            body.Strike(clip[onset..], random.Uniform(0.5f, 1), random, sampleRate);
    }

    /// <summary>Drops and bubbles: short sines that rise in pitch as the bubble shrinks, with a little splash.</summary>
    public static void Drops(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float rate = random.LogUniform(1, 18), centre = random.LogUniform(500, 2500), spread = random.Uniform(1.1f, 2.2f);
        float rise = random.Uniform(1.15f, 2.5f), decay = random.LogUniform(0.03f, 0.15f), splash = random.Uniform(0, 0.25f);
        foreach (var onset in Rhythm.Random(random, clip.Length, rate, sampleRate))
        {
            var seconds = decay * random.Uniform(0.6f, 1.5f);
            var length = (int)(seconds * sampleRate) + 1;
            var frequency = centre * random.LogUniform(1 / spread, spread);
            var drop = Oscillator.Sine(Oscillator.Phase(Envelope.Glide(length, frequency, frequency * rise, 1.5f), sampleRate));
            Level.Multiply(drop, Envelope.Decay(length, 0.002f * sampleRate, length));
            var gain = random.LogUniform(0.15f, 1);
            Level.Add(clip, drop, gain, onset);
            Level.Add(clip, Burst(random, 0.02f, 5000, sampleRate), gain * splash, onset);
        }
    }

    /// <summary>A burst of low-passed noise that dies within some milliseconds.</summary>
    public static float[] Burst(SoundRandom random, float seconds, float cutoff, int sampleRate)
    {
        var decay = seconds * sampleRate;
        var length = (int)(1.5f * decay) + 8;
        var burst = Noise.White(random, length);
        Level.Multiply(burst, Envelope.Decay(length, 2, decay));
        Filter.LowPass(burst, cutoff, sampleRate);
        return burst;
    }

    /// <summary>Mode ratios 1, 2^s, 3^s ... moved at random: below s = 1 a membrane's, above it a stiff bar's.</summary>
    public static float[] Stretched(SoundRandom random, int count, float stretch)
    {
        var ratios = new float[count];
        for (var m = 0; m < count; m++) ratios[m] = MathF.Pow(m + 1, stretch) * random.Uniform(0.93f, 1.07f);
        return ratios;
    }
}
