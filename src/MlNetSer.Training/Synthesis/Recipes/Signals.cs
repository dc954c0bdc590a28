namespace MlNetSer.Training.Synthesis;

/// <summary>Tones made to be heard.</summary>
internal static class Signals
{
    /// <summary>Beeping alarms: one to three steady pitches in a fixed on-off pattern.</summary>
    public static void Alarm(Span<float> clip, int sampleRate, SoundRandom random)
    {
        var pitches = new float[random.Integer(1, 3)];
        pitches[0] = random.LogUniform(350, 3200);
        for (var p = 1; p < pitches.Length; p++) pitches[p] = pitches[0] * random.LogUniform(0.6f, 1.7f);
        float period = random.LogUniform(0.09f, 0.7f) * sampleRate, duty = random.Uniform(0.35f, 0.95f);
        int beeps = random.Integer(1, 5), rest = random.Chance(0.4f) ? random.Integer(1, 4) : 0;
        var spectrum = Oscillator.Spectrum(random, random.Integer(1, 8), random.Uniform(-14, -3), 4, random.Chance(0.5f));
        var length = (int)(period * duty);
        var gate = Envelope.Gate(length, 0.004f * sampleRate, random.Uniform(0.004f, 0.03f) * sampleRate);
        var beat = 0;
        for (var time = random.Uniform(0, 0.3f) * sampleRate; time < clip.Length; time += period, beat++)
        {
            if (rest > 0 && beat % (beeps + rest) >= beeps) continue;
            var pitch = pitches[beat % pitches.Length];
            var beep = Oscillator.Harmonics(Oscillator.Phase(Envelope.Constant(length, pitch), sampleRate), spectrum, pitch, sampleRate);
            Level.Multiply(beep, gate);
            Level.Add(clip, beep, 1, (int)time);
        }
    }

    /// <summary>Sirens: one tone whose pitch goes up and down without end.</summary>
    public static void Siren(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float low = random.LogUniform(280, 1300), high = low * random.Uniform(1.3f, 2.6f);
        var swing = Oscillator.Phase(Envelope.Constant(clip.Length, random.LogUniform(0.25f, 4.5f)), sampleRate, random.Unit());
        // The share of the period in which the pitch rises: near 0 or 1 a saw tooth, 0.5 a triangle, rounded like a motor's.
        var rising = random.Uniform(0.15f, 0.85f);
        var frequency = swing;
        for (var i = 0; i < clip.Length; i++)
        {
            var x = swing[i] < rising ? swing[i] / rising : (1 - swing[i]) / (1 - rising);
            frequency[i] = low * MathF.Pow(high / low, x * x * (3 - 2 * x));
        }
        var spectrum = Oscillator.Spectrum(random, random.Integer(2, 14), random.Uniform(-12, -3), 4);
        Level.Add(clip, Oscillator.Harmonics(Oscillator.Phase(frequency, sampleRate), spectrum, high, sampleRate));
        if (random.Chance(0.4f)) Effect.Distort(clip, random.Uniform(1, 4));
    }

    /// <summary>Sweeps: one-way glides over octaves, of a tone or of filtered noise, with silence between.</summary>
    public static void Sweep(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float from = random.LogUniform(150, 4500), octaves = random.Uniform(1, 3.5f);
        var to = from * MathF.Pow(2, random.Chance(0.5f) ? octaves : -octaves);
        to = Math.Clamp(to, 80, 9000);
        bool noise = random.Chance(0.35f), modulated = random.Chance(0.4f);
        float bend = random.Uniform(0.5f, 2.2f), ratio = random.Uniform(0.3f, 2.1f), index = random.Uniform(0.5f, 4);
        var spectrum = Oscillator.Spectrum(random, random.Integer(1, 6), -9, 4);
        var count = random.Integer(1, 3);
        var slot = clip.Length / count;
        for (var s = 0; s < count; s++)
        {
            var length = (int)(slot * random.Uniform(0.4f, 0.9f));
            var frequency = Envelope.Glide(length, from, to, bend);
            float[] tone;
            if (noise)
            {
                tone = Noise.White(random, length);
                Filter.MovingBandPass(tone, frequency, sampleRate, random.Uniform(3, 14));
            }
            else if (modulated)
            {
                var carrier = Oscillator.Phase(frequency, sampleRate);
                var modulator = Oscillator.Phase(Envelope.Glide(length, from * ratio, to * ratio, bend), sampleRate);
                tone = Oscillator.FrequencyModulated(carrier, modulator, Envelope.Glide(length, index, 0.1f));
            }
            else
            {
                tone = Oscillator.Harmonics(Oscillator.Phase(frequency, sampleRate), spectrum, MathF.Max(from, to), sampleRate);
            }
            Level.Multiply(tone, Envelope.Gate(length, 0.1f * length, random.Uniform(0.1f, 0.5f) * length));
            Level.Add(clip, tone, 1, s * slot + (int)(random.Unit() * (slot - length)));
        }
    }
}
