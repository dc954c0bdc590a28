namespace MlNetSer.Training;

/// <summary>
/// Random numbers that depend on nothing but a place in training and what they are for. SplitMix64; not thread-safe, every use takes
/// a stream of its own.
/// </summary>
public sealed class StepRandom
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state;

    internal StepRandom(TrainingPosition position, string purpose)
    {
        Absorb((ulong)position.Seed);
        Absorb((ulong)position.Epoch);
        Absorb((ulong)position.Step);
        foreach (var letter in purpose) Absorb(letter);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Increment);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Uniform(double low, double high) => low + (high - low) * ((NextBits() >> 11) * (1.0 / (1L << 53)));

    /// <summary><paramref name="count"/> numbers uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float[] Uniform(double low, double high, int count)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan()) value = (float)Uniform(low, high);
        return values;
    }

    /// <summary>A whole number in [0, <paramref name="count"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is not above 0.</exception>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)Math.BigMul(NextBits(), (ulong)count, out _);
    }

    /// <summary>The whole numbers below <paramref name="count"/> in random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// <summary>Two different whole numbers below <paramref name="count"/>, neither of them <paramref name="one"/>.</summary>
    internal (int First, int Second) TwoOthers(int one, int count)
    {
        var first = Below(count - 1);
        if (first >= one) first++;
        var second = Below(count - 2);
        if (second >= Math.Min(one, first)) second++;
        if (second >= Math.Max(one, first)) second++;
        return (first, second);
    }

    private void Absorb(ulong part) => _state = Mix((_state ^ part) + Increment);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
