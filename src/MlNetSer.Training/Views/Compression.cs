using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of compression, the multiplication of the log-mel by a random factor.</summary>
public sealed record CompressionSettings
{
    /// <summary>Smallest factor; above 0.</summary>
    public double MinFactor { get; init; } = 0.75;

    /// <summary>Largest factor.</summary>
    public double MaxFactor { get; init; } = 1;
}

/// <summary>Compression: a factor on the log-mel is an exponent on the power spectrum.</summary>
internal static class Compression
{
    /// <summary>A factor for each patch.</summary>
    public static float[] Draw(CompressionSettings settings, int count, StepRandom random) =>
        random.Uniform(settings.MinFactor, settings.MaxFactor, count);

    /// <summary>Multiplies patches [P, frames, bands], each by its own factor.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<float> factors) =>
        patches.mul(tensor(factors.ToArray(), [factors.Length, 1, 1], device: patches.device));
}
