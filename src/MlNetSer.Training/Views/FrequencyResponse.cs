using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of random frequency responses: another microphone, another room. Not among the paper's augmentations.</summary>
public sealed record FrequencyResponseSettings
{
    /// <summary>At each point the gain is drawn from U(-this, this), in log10 of power: 0.7 is 7 dB.</summary>
    public double MaxGain { get; init; } = 0.7;

    /// <summary>Points at even distances over the mel bands, from the first to the last; between them gains are interpolated.</summary>
    public int Points { get; init; } = 5;
}

/// <summary>A random smooth gain over frequency, the same in all frames.</summary>
internal static class FrequencyResponse
{
    /// <summary>Gains for each patch, point by point.</summary>
    public static float[] Draw(FrequencyResponseSettings settings, int count, StepRandom random) =>
        random.Uniform(-settings.MaxGain, settings.MaxGain, count * settings.Points);

    /// <summary>Adds gains to patches [P, frames, bands], <paramref name="points"/> for each.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<float> gains, int points)
    {
        var drawn = tensor(gains.ToArray(), [patches.shape[0], 1, points], device: patches.device);
        return patches + nn.functional.interpolate(drawn, [patches.shape[2]], mode: InterpolationMode.Linear, align_corners: true);
    }
}
