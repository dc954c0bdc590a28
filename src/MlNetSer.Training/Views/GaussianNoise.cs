using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of additive Gaussian noise on the log-mel.</summary>
public sealed record GaussianNoiseSettings
{
    /// <summary>The standard deviation of a patch's noise is drawn from U(0, this), in log10 of power.</summary>
    public double MaxDeviation { get; init; } = 0.01;
}

/// <summary>Gaussian noise on the log-mel, of a strength that differs from patch to patch.</summary>
internal static class GaussianNoise
{
    /// <summary>A standard deviation for each patch.</summary>
    public static float[] Draw(GaussianNoiseSettings settings, int count, StepRandom random) =>
        random.Uniform(0, settings.MaxDeviation, count);

    /// <summary>Adds noise to patches [P, frames, bands], each with its own standard deviation.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<float> deviations, StepRandom random)
    {
        using var generator = new Generator(random.NextBits(), patches.device);
        var noise = randn(patches.shape, device: patches.device, generator: generator);
        return noise.mul_(tensor(deviations.ToArray(), [deviations.Length, 1, 1], device: patches.device)).add_(patches);
    }
}
