using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of time reversal.</summary>
public sealed record TimeReversalSettings
{
    /// <summary>The share of patches that are played backwards; within [0, 1].</summary>
    public double Probability { get; init; } = 0.5;
}

/// <summary>Time reversal of some of the patches.</summary>
internal static class TimeReversal
{
    /// <summary>Whether each patch is reversed.</summary>
    public static bool[] Draw(TimeReversalSettings settings, int count, StepRandom random)
    {
        var reversed = new bool[count];
        foreach (ref var one in reversed.AsSpan()) one = random.Uniform(0, 1) < settings.Probability;
        return reversed;
    }

    /// <summary>Reverses the frames of those of the patches [P, frames, bands] that were drawn.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<bool> reversed) =>
        where(tensor(reversed.ToArray(), [reversed.Length, 1, 1], device: patches.device), patches.flip(1), patches);
}
