namespace MlNetSer.Training.Synthesis;

/// <summary>How sounds are synthesised for pretraining.</summary>
public sealed record SynthesisSettings
{
    /// <summary>Clips in an epoch where nothing but synthesised sound is trained on.</summary>
    public int ClipsPerEpoch { get; init; } = 2048;

    /// <summary>After so many epochs a clip is replaced by a new one. The more, the less of the machine goes into synthesis.</summary>
    public int EpochsPerClip { get; init; } = 8;

    /// <summary>
    /// With a value, the two patches of a pair come from two takes of a sound (<see cref="RandomSounds.CreateTake"/>), whose parameters
    /// differ by this share of their ranges on average; null takes both from one.
    /// </summary>
    public double? TakeDeviation { get; init; }

    internal void Validate()
    {
        PretrainSettings.Require(ClipsPerEpoch > 2, $"synthesis.clipsPerEpoch is {ClipsPerEpoch}, expected at least 3");
        PretrainSettings.Require(EpochsPerClip > 0, $"synthesis.epochsPerClip is {EpochsPerClip}, expected at least 1");
        PretrainSettings.Require(
            TakeDeviation is null or (>= 0 and <= 1), $"synthesis.takeDeviation is {TakeDeviation}, expected a value in [0, 1] or null");
    }
}
