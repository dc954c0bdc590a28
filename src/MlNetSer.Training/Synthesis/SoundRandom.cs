using System.Numerics;

namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Random numbers by xoshiro256** (Blackman and Vigna), the same on every machine and .NET version, which
/// <see cref="Random"/> does not promise; fast enough for noise by the sample. Not thread safe: one stream per clip.
/// </summary>
internal sealed class SoundRandom
{
    private SoundRandom? _variation;
    private float _deviation;
    private ulong _a, _b, _c, _d;

    /// <summary>A stream of its own for every pair of seed and number.</summary>
    public SoundRandom(ulong seed, ulong number = 0)
    {
        var state = Mix(seed) ^ Mix(number + 0x632BE59BD9B4E019);
        _a = Next(ref state);
        _b = Next(ref state);
        _c = Next(ref state);
        _d = Next(ref state);
    }

    /// <summary>A stream that goes on from xoshiro's four words of state.</summary>
    internal SoundRandom(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>
    /// The stream of a seed and number in a variation: the same choices (chances, integers), parameters that are moved at random by
    /// <paramref name="deviation"/> of their range on average, and other noise and rhythms (what is forked).
    /// </summary>
    public static SoundRandom Variation(ulong seed, ulong number, int variation, float deviation) =>
        new(seed, number) { _variation = new(Mix(seed + (ulong)variation), number), _deviation = deviation };

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>
    /// A stream that goes its own way. What draws an unknown number of values (noise, grains) takes one, so that the
    /// parameters drawn afterwards do not depend on how long the noise was.
    /// </summary>
    public SoundRandom Fork()
    {
        var own = NextUInt64();
        return new(_variation?.NextUInt64() ?? own);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public float Unit() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float Uniform(float low, float high) => low + (high - low) * Parameter();

    /// <summary>Uniform on a logarithmic scale, as pitches and durations are perceived.</summary>
    public float LogUniform(float low, float high) => low * MathF.Exp(Parameter() * MathF.Log(high / low));

    /// <summary>An integer in [low, high], both included.</summary>
    public int Integer(int low, int high) => low + (int)(Unit() * (high - low + 1));

    public bool Chance(float probability) => Unit() < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Integer(0, choices.Length - 1)];

    /// <summary>Waiting time in seconds until the next of events that come at random, <paramref name="rate"/> a second.</summary>
    public float Wait(float rate) => -MathF.Log(1 - Unit()) / rate;

    /// <summary>White noise, uniform in [-1, 1).</summary>
    public void Fill(Span<float> noise)
    {
        const float scale = 1f / (1 << 23);
        var i = 0;
        for (; i + 1 < noise.Length; i += 2)
        {
            var bits = NextUInt64();
            noise[i] = ((int)(uint)bits >> 8) * scale;
            noise[i + 1] = ((int)(bits >> 32) >> 8) * scale;
        }
        if (i < noise.Length) noise[i] = ((int)(NextUInt64() >> 32) >> 8) * scale;
    }

    /// <summary>In [0, 1); in a variation near to where it was, reflected at the ends.</summary>
    private float Parameter()
    {
        var unit = Unit();
        if (_variation is null) return unit;
        // Uniform with a standard deviation of 1.
        unit = MathF.Abs(unit + _deviation * MathF.Sqrt(3) * (2 * _variation.Unit() - 1));
        return unit < 1 ? unit : Math.Clamp(2 - unit, 0, MathF.BitDecrement(1));
    }

    private static ulong Mix(ulong value)
    {
        var state = value;
        return Next(ref state);
    }

    /// <summary>SplitMix64, the seeding that xoshiro's authors recommend.</summary>
    private static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
