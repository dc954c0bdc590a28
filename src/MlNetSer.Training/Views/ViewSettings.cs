namespace MlNetSer.Training;

/// <summary>How two views are made from a clip's patches; an augmentation that is null is off. The defaults are the paper's best.</summary>
public sealed record ViewSettings
{
    /// <summary>Mixing with background patches of other clips.</summary>
    public MixBackSettings? MixBack { get; init; } = new();

    /// <summary>Random resized cropping.</summary>
    public RandomResizedCropSettings? RandomResizedCrop { get; init; } = new();

    /// <summary>Compression of the log-mel.</summary>
    public CompressionSettings? Compression { get; init; } = new();

    /// <summary>Gaussian noise.</summary>
    public GaussianNoiseSettings? GaussianNoise { get; init; } = new();

    internal void Validate()
    {
        if (MixBack is { } mix) PretrainSettings.Require(mix.Alpha is >= 0 and <= 1, $"mixBack.alpha is {mix.Alpha}, expected a value in [0, 1]");
        if (RandomResizedCrop is { } crop)
        {
            PretrainSettings.Require(
                crop.MinArea > 0 && crop.MinArea <= crop.MaxArea && crop.MaxArea <= 1,
                $"randomResizedCrop keeps {crop.MinArea} to {crop.MaxArea} of the area, expected a range within (0, 1]");
            PretrainSettings.Require(
                crop.MinAspect is > 0 and <= 1, $"randomResizedCrop.minAspect is {crop.MinAspect}, expected a value in (0, 1]");
        }
        if (Compression is { } compression)
        {
            PretrainSettings.Require(
                compression.MinFactor > 0 && compression.MinFactor <= compression.MaxFactor,
                $"compression is from {compression.MinFactor} to {compression.MaxFactor}, expected a range above 0");
        }
        if (GaussianNoise is { } noise)
            PretrainSettings.Require(noise.MaxDeviation >= 0, $"gaussianNoise.maxDeviation is {noise.MaxDeviation}, expected 0 or more");
    }
}
