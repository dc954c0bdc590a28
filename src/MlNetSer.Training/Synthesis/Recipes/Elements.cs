namespace MlNetSer.Training.Synthesis;

/// <summary>Weather and fire: noise and grains.</summary>
internal static class Elements
{
    /// <summary>Rain: steady noise and hundreds of tiny drops a second.</summary>
    public static void Rain(Span<float> clip, int sampleRate, SoundRandom random)
    {
        var hiss = Noise.Coloured(random, clip.Length, random.Pick(NoiseColour.Pink, NoiseColour.White));
        Filter.HighPass(hiss, random.LogUniform(150, 1500), sampleRate);
        Filter.Tilt(hiss, 2500, sampleRate, random.Uniform(-12, 6));
        Level.Add(clip, hiss, random.Uniform(0.2f, 1));
        float rate = random.LogUniform(60, 700), pitch = random.LogUniform(1500, 5000), strength = random.Uniform(0.5f, 3);
        var drops = random.Fork();
        Span<float> grain = stackalloc float[256];
        foreach (var onset in Rhythm.Random(random, clip.Length, rate, sampleRate))
        {
            var body = new Modes([pitch * drops.LogUniform(0.5f, 2)], [drops.LogUniform(0.002f, 0.012f)], [1]);
            grain.Clear();
            body.Strike(grain, strength * drops.LogUniform(0.1f, 1), drops, sampleRate);
            Level.Add(clip, grain, 1, onset);
        }
    }

    /// <summary>Wind: noise through a narrow band that wanders, in gusts.</summary>
    public static void Wind(Span<float> clip, int sampleRate, SoundRandom random)
    {
        var gusts = random.LogUniform(0.5f, 2.5f);
        for (var layer = random.Integer(1, 3); layer > 0; layer--)
        {
            var air = Noise.Coloured(random, clip.Length, random.Pick(NoiseColour.Brown, NoiseColour.Pink, NoiseColour.White));
            float low = random.LogUniform(120, 900), high = low * random.Uniform(1.5f, 5);
            var centre = Envelope.Wander(random, clip.Length, gusts, low, high, sampleRate);
            Filter.MovingBandPass(air, centre, sampleRate, random.LogUniform(0.7f, 9));
            Level.SetRms(air, 1);
            Level.Multiply(air, Envelope.Wander(random, clip.Length, gusts, 0.08f, 1, sampleRate));
            Level.Add(clip, air, random.Uniform(0.4f, 1));
        }
    }

    /// <summary>Fire: cracks of very unequal strength, alone and in volleys, over a low rumble.</summary>
    public static void Crackle(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float rate = random.LogUniform(5, 45), brightness = random.LogUniform(1500, 9000), length = random.LogUniform(0.001f, 0.012f);
        var cracks = random.Fork();
        foreach (var onset in Rhythm.Random(random, clip.Length, rate, sampleRate))
        {
            var volley = cracks.Chance(0.15f) ? cracks.Integer(2, 8) : 1;
            for (float c = 0, time = onset; c < volley && time < clip.Length; c++, time += cracks.Wait(150) * sampleRate)
            {
                float seconds = length * cracks.LogUniform(0.4f, 2.5f), cutoff = brightness * cracks.LogUniform(0.5f, 1.5f);
                var crack = Strikes.Burst(cracks, seconds, cutoff, sampleRate);
                Level.Add(clip, crack, cracks.LogUniform(0.03f, 1), (int)time);
            }
        }
        var rumble = Noise.Coloured(random, clip.Length, NoiseColour.Brown);
        Filter.LowPass(rumble, random.LogUniform(120, 800), sampleRate);
        Level.Multiply(rumble, Envelope.Wander(random, clip.Length, 5, 0.3f, 1, sampleRate));
        Level.Add(clip, rumble, random.LogUniform(0.005f, 0.08f));
    }
}
