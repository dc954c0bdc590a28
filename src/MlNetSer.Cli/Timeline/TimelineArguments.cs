namespace MlNetSer.Cli;

/// <summary>What <c>predict --timeline</c> was asked to do.</summary>
/// <param name="Model">The classifier.</param>
/// <param name="Data">Folders, CSV files, sound files.</param>
internal sealed record TimelineArguments(string Model, IReadOnlyList<string> Data)
{
    /// <summary>From one patch to the next.</summary>
    public double HopMilliseconds { get; init; } = 500;

    public SoundEventOptions Events { get; init; } = new();

    /// <summary>Where the events of all recordings are written as CSV, if anywhere.</summary>
    public string? EventsFile { get; init; }

    /// <summary>Where all probabilities are written as CSV, if anywhere.</summary>
    public string? ProbabilitiesFile { get; init; }

    /// <summary>Where label tracks for Audacity are written, if anywhere: a file of one recording, or a folder.</summary>
    public string? Audacity { get; init; }

    /// <summary>Where charts are written, if anywhere: a file of one recording, or a folder.</summary>
    public string? Png { get; init; }
}
