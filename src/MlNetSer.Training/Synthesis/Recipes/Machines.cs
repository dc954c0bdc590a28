namespace MlNetSer.Training.Synthesis;

/// <summary>Motors and clockwork.</summary>
internal static class Machines
{
    /// <summary>Engines: a low pulse train with uneven cylinders, resonances of the exhaust, and noise that follows each stroke.</summary>
    public static void Engine(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float speed = random.LogUniform(22, 160), drift = random.Uniform(1.01f, 1.5f), cylinders = random.Integer(1, 4);
        var frequency = Envelope.Wander(random, clip.Length, random.Uniform(0.4f, 3), speed / drift, speed * drift, sampleRate);
        var phase = Oscillator.Phase(frequency, sampleRate, random.Unit());
        var spectrum = Oscillator.Spectrum(random, 40, random.Uniform(-6, -1), 5);
        Level.Add(clip, Oscillator.Harmonics(phase, spectrum, speed * drift, sampleRate));
        Level.SetRms(clip, 1);
        var turn = Envelope.Constant(clip.Length, 0);
        frequency.CopyTo(turn, 0);
        for (var i = 0; i < turn.Length; i++) turn[i] /= cylinders;
        Effect.Tremolo(clip, turn, random.Uniform(0.02f, 0.3f), sampleRate);
        var hiss = Noise.Coloured(random, clip.Length, NoiseColour.Pink);
        for (var i = 0; i < hiss.Length; i++) hiss[i] *= (1 - phase[i]) * (1 - phase[i]);
        Level.Add(clip, hiss, random.Uniform(0.2f, 1.5f));
        for (var r = 0; r < 3; r++)
            Filter.Peak(clip, random.LogUniform(80, 4000), sampleRate, random.Uniform(1, 5), random.Uniform(-8, 14));
        Effect.Distort(clip, random.Uniform(0.5f, 4));
    }

    /// <summary>Clocks, keys and ratchets: very short ringing clicks in an even rhythm, tick and tock apart.</summary>
    public static void Clicks(Span<float> clip, int sampleRate, SoundRandom random)
    {
        var rate = random.LogUniform(1.8f, 16);
        var bodies = new Modes[random.Integer(1, 2)];
        for (var b = 0; b < bodies.Length; b++)
        {
            var ratios = Strikes.Stretched(random, random.Integer(2, 6), 0.7f);
            bodies[b] = Modes.Create(random, random.LogUniform(700, 5000), ratios, random.LogUniform(0.008f, 0.06f), 0.3f, -2);
        }
        float contact = random.LogUniform(0.001f, 0.006f), noisiness = random.Uniform(0.2f, 1.5f);
        var beat = 0;
        foreach (var onset in Rhythm.Regular(random, clip.Length, rate, random.Uniform(0, 0.04f), sampleRate))
        {
            var gain = random.Uniform(0.7f, 1);
            bodies[beat++ % bodies.Length].Strike(clip[onset..], gain, random, sampleRate);
            Level.Add(clip, Strikes.Burst(random, contact, 9000, sampleRate), gain * noisiness, onset);
        }
    }
}
