using System.Numerics.Tensors;

namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Unlabelled sounds from all over the synthesiser's parameter space, for pretraining without any recording: one to three layers,
/// each a random source (gliding harmonics, coloured noise, noise through resonators, modal strikes, FM, grains, chirps) under a
/// random envelope, then filters, overload and a room.
/// </summary>
/// <param name="seed">Another seed gives other sounds.</param>
/// <param name="sampleRate">Samples per second, at least 16,000.</param>
public sealed class RandomSounds(ulong seed, int sampleRate = 22050) : ISoundSource
{
    /// <inheritdoc/>
    public int SampleRate { get; } = SoundSynthesiser.Checked(sampleRate);

    /// <inheritdoc/>
    // Classes and random sounds of one seed must not share streams.
    public float[] Create(long number) => Create(new SoundRandom(~seed, (ulong)number));

    /// <summary>
    /// Computes another take of a sound, as if the same thing had sounded once more: the same kinds of sources and effects, parameters moved
    /// a little, other noise and other moments. So two takes are a positive pair that is more than two cuttings of one recording.
    /// </summary>
    /// <param name="number">Which sound.</param>
    /// <param name="take">Which take of it.</param>
    /// <param name="deviation">How far parameters are moved on average, as a share of their ranges: 0 to 1.</param>
    /// <returns>Mono samples in [-1, 1].</returns>
    public float[] CreateTake(long number, int take, float deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deviation, 1);
        return Create(SoundRandom.Variation(~seed, (ulong)number, take, deviation));
    }

    private float[] Create(SoundRandom random)
    {
        var clip = new float[(int)(random.Uniform(2, 5) * SampleRate)];
        for (var layers = random.Integer(1, 3); layers > 0; layers--)
        {
            var layer = Source(clip.Length, random);
            Level.SetRms(layer, 1);
            Shape(layer, random);
            Level.Add(clip, layer, Level.Gain(random.Uniform(-18, 0)));
        }
        Level.SetPeak(clip, 1);
        if (random.Chance(0.2f)) Effect.Distort(clip, random.LogUniform(0.5f, 6));
        Scene.Record(clip, SampleRate, random);
        return clip;
    }

    private float[] Source(int length, SoundRandom random)
    {
        var layer = new float[length];
        switch (random.Integer(0, 6))
        {
            case 0:
                var pitch = random.LogUniform(50, 3000);
                var range = random.LogUniform(1.01f, 2.5f);
                var course = Envelope.Wander(random, length, random.LogUniform(0.3f, 12), pitch / range, pitch * range, SampleRate);
                var spectrum = Oscillator.Spectrum(random, random.Integer(1, 30), random.Uniform(-14, 0), 6, random.Chance(0.3f));
                return Oscillator.Harmonics(Oscillator.Phase(course, SampleRate), spectrum, pitch * range, SampleRate);
            case 1:
                return Noise.Coloured(random, length, random.Pick(Enum.GetValues<NoiseColour>()));
            case 2:
                var air = Noise.White(random, length);
                for (var resonators = random.Integer(1, 4); resonators > 0; resonators--)
                {
                    var band = (float[])air.Clone();
                    var centre = random.LogUniform(80, 8000);
                    var move = random.LogUniform(1.01f, 3);
                    Filter.MovingBandPass(
                        band,
                        Envelope.Wander(random, length, random.LogUniform(0.3f, 10), centre / move, centre * move, SampleRate),
                        SampleRate,
                        random.LogUniform(1, 60));
                    Level.SetRms(band, random.Uniform(0.2f, 1));
                    Level.Add(layer, band);
                }
                return layer;
            case 3:
                var body = Modes.Create(
                    random,
                    random.LogUniform(60, 3000),
                    Strikes.Stretched(random, random.Integer(1, 16), random.Uniform(0.7f, 1.8f)),
                    random.LogUniform(0.02f, 4),
                    random.Uniform(0, 1),
                    random.Uniform(-8, 1));
                var strikes = random.Fork();
                foreach (var onset in Onsets(length, random, 8))
                    body.Strike(layer.AsSpan(onset), strikes.LogUniform(0.2f, 1), strikes, SampleRate);
                return layer;
            case 4:
                var carrier = random.LogUniform(60, 4000);
                var ratio = random.LogUniform(0.02f, 5);
                var glide = random.LogUniform(0.5f, 2);
                return Oscillator.FrequencyModulated(
                    Oscillator.Phase(Envelope.Glide(length, carrier, carrier * glide), SampleRate),
                    Oscillator.Phase(Envelope.Glide(length, carrier * ratio, carrier * ratio * glide), SampleRate),
                    Envelope.Wander(random, length, random.LogUniform(0.3f, 8), 0.1f, random.LogUniform(0.5f, 10), SampleRate));
            case 5:
                float cutoff = random.LogUniform(400, 9000), seconds = random.LogUniform(0.001f, 0.05f);
                var grains = random.Fork();
                foreach (var onset in Onsets(length, random, 150))
                    Level.Add(layer, Strikes.Burst(grains, seconds, cutoff, SampleRate), grains.LogUniform(0.05f, 1), onset);
                return layer;
            default:
                float from = random.LogUniform(150, 7000), to = Math.Clamp(from * random.LogUniform(0.2f, 5), 80, 9000);
                var grain = (int)(random.LogUniform(0.02f, 0.8f) * SampleRate);
                var chirp = Oscillator.Sine(Oscillator.Phase(Envelope.Glide(grain, from, to, random.Uniform(0.4f, 2.5f)), SampleRate));
                Level.Multiply(chirp, Envelope.Gate(grain, random.Uniform(0.02f, 0.4f) * grain, random.Uniform(0.1f, 0.5f) * grain));
                var loudness = random.Fork();
                foreach (var onset in Onsets(length, random, 10)) Level.Add(layer, chirp, loudness.LogUniform(0.2f, 1), onset);
                return layer;
        }
    }

    private IEnumerable<int> Onsets(int length, SoundRandom random, float fastest)
    {
        var rate = random.LogUniform(0.6f, fastest);
        return random.Chance(0.5f)
            ? Rhythm.Regular(random, length, rate, random.Uniform(0, 0.3f), SampleRate)
            : Rhythm.Random(random, length, rate, SampleRate);
    }

    private void Shape(float[] layer, SoundRandom random)
    {
        if (random.Chance(0.4f)) Filter.Tilt(layer, random.LogUniform(300, 4000), SampleRate, random.Uniform(-15, 15));
        if (random.Chance(0.3f))
            Filter.Peak(layer, random.LogUniform(100, 7000), SampleRate, random.LogUniform(0.5f, 8), random.Uniform(-15, 15));
        var length = layer.Length;
        if (random.Chance(0.2f))
        {
            var depth = random.Chance(0.3f) ? 1 : random.Uniform(0.1f, 0.5f);
            Effect.Tremolo(layer, Envelope.Constant(length, random.LogUniform(2, 300)), depth, SampleRate);
        }
        switch (random.Integer(0, 3))
        {
            case 0:
                float attack = random.LogUniform(0.002f, 0.5f), decay = random.LogUniform(0.1f, 6);
                Level.Multiply(layer, Envelope.Decay(length, attack * SampleRate, decay * SampleRate));
                break;
            case 1:
                Level.Multiply(layer, Envelope.Wander(random, length, random.LogUniform(0.5f, 12), 0.02f, 1, SampleRate));
                break;
            case 2:
                var pulse = (int)(random.LogUniform(0.04f, 1) * SampleRate);
                var gate = Envelope.Gate(pulse, random.Uniform(0.01f, 0.5f) * pulse, random.Uniform(0.01f, 0.5f) * pulse);
                var gains = new float[length];
                foreach (var onset in Onsets(length, random, 0.8f * SampleRate / pulse))
                {
                    var place = gains.AsSpan(onset, Math.Min(pulse, length - onset));
                    TensorPrimitives.Max(place, gate.AsSpan(0, place.Length), place);
                }
                Level.Multiply(layer, gains);
                break;
        }
    }
}
