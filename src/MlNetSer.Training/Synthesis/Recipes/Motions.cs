namespace MlNetSer.Training.Synthesis;

/// <summary>What a body does in a steady rhythm: noise bursts that repeat.</summary>
internal static class Motions
{
    /// <summary>Footsteps: a heel's thud and a toe's scrape, left and right a little different, at walking to running pace.</summary>
    public static void Footsteps(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float rate = random.Uniform(1.4f, 3.4f), thud = random.LogUniform(60, 260), floor = random.LogUniform(700, 4500);
        float roll = random.Uniform(0.03f, 0.13f), scrape = random.LogUniform(0.03f, 0.14f), grit = random.LogUniform(0.15f, 1.2f);
        ReadOnlySpan<float> feet = [random.Uniform(0.88f, 1), random.Uniform(1, 1.14f)];
        var foot = 0;
        foreach (var onset in Rhythm.Regular(random, clip.Length, rate, 0.05f, sampleRate))
        {
            var side = feet[foot++ % 2];
            var heel = new Modes([thud * side, 2.3f * thud * side], [0.09f, 0.05f], [1, 0.5f]);
            var gain = random.Uniform(0.7f, 1);
            heel.Strike(clip[onset..], gain, random, sampleRate);
            Level.Add(clip, Strikes.Burst(random, 0.012f, 2 * floor, sampleRate), 0.7f * gain, onset);
            var length = (int)(scrape * sampleRate * random.Uniform(0.7f, 1.3f)) + 16;
            var toe = Noise.White(random, length);
            Filter.BandPass(toe, floor * side * random.Uniform(0.85f, 1.15f), sampleRate, 1);
            Level.Multiply(toe, Envelope.Gate(length, 0.2f * length, 0.7f * length));
            Level.Add(clip, toe, grit * gain, onset + (int)(roll * sampleRate));
        }
    }

    /// <summary>Sawing, brushing, scratching: strokes of noise to and fro, the band moving up with one and down with the other.</summary>
    public static void Strokes(Span<float> clip, int sampleRate, SoundRandom random)
    {
        float rate = random.LogUniform(1.5f, 8), share = random.Uniform(0.5f, 0.95f);
        float centre = random.LogUniform(600, 4500), move = random.Uniform(1.3f, 3), q = random.Uniform(0.8f, 4);
        float teeth = random.Chance(0.5f) ? random.LogUniform(40, 250) : 0, depth = random.Uniform(0.2f, 0.5f);
        var stroke = 0;
        foreach (var onset in Rhythm.Regular(random, clip.Length, rate, 0.06f, sampleRate))
        {
            var length = (int)(sampleRate / rate * share * random.Uniform(0.85f, 1.1f)) + 16;
            var back = stroke++ % 2 == 1;
            var noise = Noise.White(random, length);
            float low = centre / MathF.Sqrt(move), high = centre * MathF.Sqrt(move);
            Filter.MovingBandPass(noise, back ? Envelope.Glide(length, high, low) : Envelope.Glide(length, low, high), sampleRate, q);
            if (teeth > 0) Effect.Tremolo(noise, Envelope.Glide(length, 0.7f * teeth, teeth), depth, sampleRate);
            Level.Multiply(noise, Envelope.Gate(length, random.Uniform(0.1f, 0.5f) * length, random.Uniform(0.2f, 0.6f) * length));
            Level.Add(clip, noise, back ? random.Uniform(0.4f, 0.8f) : 1, onset);
        }
    }
}
