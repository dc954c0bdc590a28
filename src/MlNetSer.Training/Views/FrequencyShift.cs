using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of the random frequency shift, which is circular.</summary>
public sealed record FrequencyShiftSettings
{
    /// <summary>A patch is shifted upwards by 1 to this many mel bands; what leaves it at the top comes back at the bottom.</summary>
    public int MaxBands { get; init; } = 10;
}

/// <summary>Random circular shift in frequency.</summary>
internal static class FrequencyShift
{
    /// <summary>Bands for each patch.</summary>
    public static int[] Draw(FrequencyShiftSettings settings, int count, StepRandom random) => CircularShift.Draw(settings.MaxBands, count, random);

    /// <summary>Shifts patches [P, frames, bands] to higher bands.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<int> bands) => CircularShift.Apply(patches, bands, axis: 2);
}
