namespace MlNetSer.Training.Synthesis;

/// <summary>Voices of living things.</summary>
internal static class Creatures
{
    /// <summary>Bird song: phrases of short syllables, each a glide up, down or over an arch, some of them trilled.</summary>
    public static void Birds(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float centre = random.LogUniform(1400, 5500), rate = random.Uniform(3, 14), swing = random.Uniform(1.15f, 1.9f);
        var motif = new (float Low, float Rise, float Share, float Trill)[random.Integer(1, 5)];
        for (var m = 0; m < motif.Length; m++)
            motif[m] = (centre * random.LogUniform(0.75f, 1.3f), random.LogUniform(1 / swing, swing), random.Uniform(0.3f, 0.9f),
                random.Chance(0.25f) ? random.Uniform(20, 60) : 0);
        float period = sampleRate / rate, arch = random.Chance(0.4f) ? random.Uniform(1.1f, 1.5f) : 1;
        int phrase = random.Integer(2, 9), pause = random.Integer(1, 6), beat = 0;
        for (var time = random.Uniform(0, 0.4f) * sampleRate; time < clip.Length; time += period * random.Uniform(0.92f, 1.08f), beat++)
        {
            if (beat % (phrase + pause) >= phrase) continue;
            var (low, rise, share, trill) = motif[beat % (phrase + pause) % motif.Length];
            var length = (int)(period * share) + 16;
            var frequency = Envelope.Glide(length, low, MathF.Min(low * rise, 9000));
            for (var i = 0; i < length; i++)
            {
                frequency[i] *= 1 + (arch - 1) * MathF.Sin(MathF.PI * i / length);
                if (trill > 0) frequency[i] *= 1 + 0.06f * MathF.Sin(MathF.Tau * trill * i / sampleRate);
            }
            var syllable = Oscillator.Sine(Oscillator.Phase(frequency, sampleRate));
            Level.Multiply(syllable, Envelope.Gate(length, 0.25f * length, 0.4f * length));
            Level.Add(clip, syllable, random.Uniform(0.6f, 1), (int)time);
        }
    }

    /// <summary>Crickets and cicadas: a high, nearly steady tone in fast pulses, the pulses in groups.</summary>
    public static void Insects(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float pitch = random.LogUniform(2200, 8000), pulses = random.LogUniform(14, 90), groups = random.LogUniform(0.8f, 6);
        float share = random.Uniform(0.3f, 1), roughness = random.Uniform(0, 0.6f);
        var frequency = Envelope.Wander(random, clip.Length, 8, 0.985f * pitch, 1.015f * pitch, sampleRate);
        var tone = Oscillator.Sine(Oscillator.Phase(frequency, sampleRate));
        var hiss = Noise.White(random, clip.Length);
        Filter.BandPass(hiss, pitch, sampleRate, 5);
        Level.Add(tone, hiss, 4 * roughness);
        Effect.Tremolo(tone, Envelope.Wander(random, clip.Length, 2, 0.96f * pulses, 1.04f * pulses, sampleRate), 0.5f, sampleRate);
        var group = Oscillator.Phase(Envelope.Constant(clip.Length, groups), sampleRate, random.Unit());
        for (var i = 0; i < clip.Length; i++) clip[i] = group[i] < share ? tone[i] * MathF.Sin(MathF.PI * group[i] / share) : 0;
    }

    /// <summary>Cries and speech-like calls: a gliding glottal tone through formants, in syllables.</summary>
    public static void Voice(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float pitch = random.LogUniform(90, 600), tract = random.Uniform(0.8f, 1.35f), rate = random.LogUniform(1, 6);
        float vibrato = random.Uniform(0, 0.04f), breath = random.Uniform(0, 0.3f);
        var spectrum = Oscillator.Spectrum(random, 40, random.Uniform(-10, -5));
        foreach (var onset in Rhythm.Regular(random, clip.Length, rate, 0.15f, sampleRate))
        {
            var length = (int)(sampleRate / rate * random.Uniform(0.45f, 0.95f));
            float from = pitch * random.Uniform(0.8f, 1.3f), to = pitch * random.Uniform(0.7f, 1.3f);
            var frequency = Envelope.Glide(length, from, to);
            for (var i = 0; i < length; i++) frequency[i] *= 1 + vibrato * MathF.Sin(MathF.Tau * 5.5f * i / sampleRate);
            var highest = (1 + vibrato) * MathF.Max(from, to);
            var source = Oscillator.Harmonics(Oscillator.Phase(frequency, sampleRate), spectrum, highest, sampleRate);
            Level.Add(source, Noise.White(random, length), breath);
            Span<float> syllable = new float[length];
            ReadOnlySpan<(float Low, float High, float Gain)> formants = [(280, 850, 1), (850, 2400, 0.7f), (2300, 3300, 0.4f)];
            foreach (var (low, high, gain) in formants)
            {
                var band = source.ToArray();
                var course = Envelope.Glide(length, tract * random.LogUniform(low, high), tract * random.LogUniform(low, high));
                Filter.MovingBandPass(band, course, sampleRate, 7);
                Level.Add(syllable, band, gain);
            }
            Level.Multiply(syllable, Envelope.Gate(length, random.Uniform(0.05f, 0.3f) * length, random.Uniform(0.1f, 0.5f) * length));
            Level.Add(clip, syllable, random.Uniform(0.5f, 1), onset);
        }
    }
}
