namespace MlNetSer.Training;

/// <summary>
/// How the two views of a clip are made. What is null is off; the rest is applied in the order of the properties, to both views
/// independently. The defaults are the paper's best.
/// </summary>
public sealed record ViewSettings
{
    /// <summary>The patches that the views are made from.</summary>
    public PositivePatches Positives { get; init; } = PositivePatches.WithinClip;

    /// <summary>Mixing with background patches.</summary>
    public MixBackSettings? MixBack { get; init; } = new();

    /// <summary>Random frequency responses.</summary>
    public FrequencyResponseSettings? FrequencyResponse { get; init; }

    /// <summary>Circular shift in time.</summary>
    public TimeShiftSettings? TimeShift { get; init; }

    /// <summary>Circular shift in frequency.</summary>
    public FrequencyShiftSettings? FrequencyShift { get; init; }

    /// <summary>Random resized cropping.</summary>
    public RandomResizedCropSettings? RandomResizedCrop { get; init; } = new();

    /// <summary>Time reversal.</summary>
    public TimeReversalSettings? TimeReversal { get; init; }

    /// <summary>Compression of the log-mel.</summary>
    public CompressionSettings? Compression { get; init; } = new();

    /// <summary>Masks over bands and frames.</summary>
    public SpecAugmentSettings? SpecAugment { get; init; }

    /// <summary>Gaussian noise.</summary>
    public GaussianNoiseSettings? GaussianNoise { get; init; } = new();

    /// <summary>Gaussian blur.</summary>
    public GaussianBlurSettings? GaussianBlur { get; init; }

    internal void Validate()
    {
        if (MixBack is { } mix) Require(mix.Alpha is >= 0 and <= 1, $"mixBack.alpha is {mix.Alpha}, expected a value in [0, 1]");
        if (FrequencyResponse is { } response)
        {
            Require(response.MaxGain >= 0, $"frequencyResponse.maxGain is {response.MaxGain}, expected 0 or more");
            Require(response.Points is >= 2 and <= 96, $"frequencyResponse.points is {response.Points}, expected 2 to 96");
        }
        if (TimeShift is { } time) Require(time.MaxFrames > 0, $"timeShift.maxFrames is {time.MaxFrames}, expected at least 1");
        if (FrequencyShift is { } frequency) Require(frequency.MaxBands > 0, $"frequencyShift.maxBands is {frequency.MaxBands}, expected at least 1");
        if (RandomResizedCrop is { } crop)
        {
            Require(
                crop.MinArea > 0 && crop.MinArea <= crop.MaxArea && crop.MaxArea <= 1,
                $"randomResizedCrop keeps {crop.MinArea} to {crop.MaxArea} of the area, expected a range within (0, 1]");
            Require(crop.MinAspect is > 0 and <= 1, $"randomResizedCrop.minAspect is {crop.MinAspect}, expected a value in (0, 1]");
        }
        if (TimeReversal is { } reversal)
            Require(reversal.Probability is >= 0 and <= 1, $"timeReversal.probability is {reversal.Probability}, expected a value in [0, 1]");
        if (Compression is { } compression)
        {
            Require(
                compression.MinFactor > 0 && compression.MinFactor <= compression.MaxFactor,
                $"compression is from {compression.MinFactor} to {compression.MaxFactor}, expected a range above 0");
        }
        if (SpecAugment is { } masks) Validate(masks);
        if (GaussianNoise is { } noise) Require(noise.MaxDeviation >= 0, $"gaussianNoise.maxDeviation is {noise.MaxDeviation}, expected 0 or more");
        if (GaussianBlur is { } blur)
            Require(blur.MaxKernel >= 3 && int.IsOddInteger(blur.MaxKernel), $"gaussianBlur.maxKernel is {blur.MaxKernel}, expected an odd number from 3");
    }

    private static void Validate(SpecAugmentSettings masks)
    {
        void Count(string name, int value) => Require(value >= 0, $"specAugment.{name} is {value}, expected 0 or more");
        Count("frequencyMasks", masks.FrequencyMasks);
        Count("maxBands", masks.MaxBands);
        Count("timeMasks", masks.TimeMasks);
        Count("maxFrames", masks.MaxFrames);
    }

    private static void Require(bool holds, string otherwise) => PretrainSettings.Require(holds, $"views.{otherwise}");
}
