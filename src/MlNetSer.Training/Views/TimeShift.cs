using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of the random time shift, which is circular.</summary>
public sealed record TimeShiftSettings
{
    /// <summary>A patch is shifted by 1 to this many frames towards its end; what leaves it there comes back at its beginning.</summary>
    public int MaxFrames { get; init; } = 30;
}

/// <summary>Random circular shift in time.</summary>
internal static class TimeShift
{
    /// <summary>Frames for each patch.</summary>
    public static int[] Draw(TimeShiftSettings settings, int count, StepRandom random) => CircularShift.Draw(settings.MaxFrames, count, random);

    /// <summary>Shifts patches [P, frames, bands] to later frames.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<int> frames) => CircularShift.Apply(patches, frames, axis: 1);
}
