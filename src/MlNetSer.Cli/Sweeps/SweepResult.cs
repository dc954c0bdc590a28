using System.Text.Json;

namespace MlNetSer.Cli;

/// <summary>What one classifier on the encoder of one run reached on one labelled set.</summary>
/// <param name="Data">The labelled set.</param>
/// <param name="Classifier">The classifier's name.</param>
/// <param name="Accuracy">Share of clips labelled correctly: the mean over the folds, or that of the held-out fold.</param>
internal sealed record SweepScore(string Data, string Classifier, double Accuracy);

/// <summary>What a finished run of a sweep gave; its file <c>result.json</c> marks the run as finished.</summary>
internal sealed record SweepResult(string Variant, long Seed, int? HeldOutFold, double Loss, IReadOnlyList<SweepScore> Scores)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The result of a run, or null as long as there is none with all of these scores.</summary>
    public static SweepResult? TryRead(string runFolder, IReadOnlyCollection<(string Data, string Classifier)> wanted)
    {
        var path = PathIn(runFolder);
        if (!File.Exists(path)) return null;
        try
        {
            var result = JsonSerializer.Deserialize<SweepResult>(File.ReadAllText(path), Options);
            return result is { Scores: { } scores } && wanted.All(w => scores.Any(s => (s.Data, s.Classifier) == w)) ? result : null;
        }
        catch (JsonException e)
        {
            throw new Failure($"{path} is damaged, delete it to have it made again: {Failure.OneLine(e.Message)}");
        }
    }

    public void Write(string runFolder) => AtomicFile.WriteText(PathIn(runFolder), JsonSerializer.Serialize(this, Options));

    private static string PathIn(string runFolder) => Path.Combine(runFolder, "result.json");
}
