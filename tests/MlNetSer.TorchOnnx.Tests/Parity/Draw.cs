using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Random options for modules, the same for the same seed.</summary>
internal sealed class Draw
{
    private readonly Random _random;

    internal Draw(int seed)
    {
        _random = new Random(seed);
        // The weights that modules draw for themselves.
        manual_seed(seed);
    }

    internal bool Yes => _random.Next(2) == 1;

    internal long From(long low, long high) => _random.NextInt64(low, high + 1);

    internal double Between(double low, double high) => low + _random.NextDouble() * (high - low);

    internal T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    internal long[] Each(int count, long low, long high) => [.. Enumerable.Range(0, count).Select(_ => From(low, high))];
}
