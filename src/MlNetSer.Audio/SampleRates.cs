using System.Runtime.CompilerServices;

namespace MlNetSer.Audio;

/// <summary>
/// The sample rates that pass for sound. The bounds keep a damaged header from asking for an endless output or an endless filter.
/// </summary>
internal static class SampleRates
{
    public const int Lowest = 1_000;
    public const int Highest = 10_000_000;

    public static bool Contains(long rate) => rate is >= Lowest and <= Highest;

    public static void Check(int rate, [CallerArgumentExpression(nameof(rate))] string? name = null)
    {
        if (!Contains(rate))
            throw new ArgumentOutOfRangeException(name, rate, $"A sample rate lies between {Lowest} and {Highest} Hz.");
    }
}
