namespace MlNetSer.Training;

/// <summary>What an encoder learns from, for the run's and the model's record.</summary>
public sealed record TrainingData
{
    /// <summary>One sentence for the model card.</summary>
    public required string Description { get; init; }

    /// <summary>Clips in an epoch.</summary>
    public required int Clips { get; init; }

    /// <summary>Changes with the data; a run is only resumed on the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The licence of the sounds, if known.</summary>
    public string? Licence { get; init; }
}
