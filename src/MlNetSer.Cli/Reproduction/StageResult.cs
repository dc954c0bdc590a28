using System.Text.Json;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What one stage of a reproduction gave; its file marks the stage as done. Accuracies are from 0 to 1.</summary>
/// <param name="Evaluation">kNN, linear evaluation or fine-tuning.</param>
/// <param name="TrainedOn">The labelled clips that were learnt from.</param>
/// <param name="Encoder">Where the encoder comes from.</param>
internal sealed record StageResult(string Evaluation, string TrainedOn, string Encoder)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Accuracy on the validation clips: balanced, for kNN the share of clips.</summary>
    public double? Validation { get; init; }

    /// <summary>Balanced accuracy on the test clips.</summary>
    public double? Test { get; init; }

    /// <summary>Share of the test clips labelled correctly.</summary>
    public double? TestShare { get; init; }

    /// <summary>The epoch that was kept.</summary>
    public int Epoch { get; init; }

    /// <summary>How long it took, counted from when it was last taken up.</summary>
    public double Seconds { get; init; }

    public StageResult With(DownstreamResult result) => this with
    {
        Validation = result.Validation?.BalancedAccuracy,
        Test = result.Test?.BalancedAccuracy,
        TestShare = result.Test?.Accuracy,
        Epoch = result.Epoch,
    };

    public static StageResult? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<StageResult>(File.ReadAllText(path), Options) ?? throw new JsonException("it is 'null'");
        }
        catch (JsonException e)
        {
            throw new Failure($"{path} is damaged, delete it to have it made again: {Failure.OneLine(e.Message)}");
        }
    }

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Options));
}
