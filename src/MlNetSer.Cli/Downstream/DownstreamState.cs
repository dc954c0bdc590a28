using System.Globalization;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>The progress of a classifier's training for people.</summary>
internal static class DownstreamState
{
    /// <summary>What comes before the training is never all there is to do, lest the progress end there.</summary>
    public static ProgressState Of(DownstreamProgress p) => p.Stage switch
    {
        DownstreamStage.LogMels => new(p.Done, p.Total + 1, "log-mels"),
        DownstreamStage.Embedding => new(p.Done, p.Total + 1, "embedding"),
        _ => new(p.Done, p.Total, string.Create(
            CultureInfo.InvariantCulture,
            $"loss {p.Loss:0.000}{(p.ValidationAccuracy is { } accuracy ? $", validation {EvaluationTables.Percent(accuracy)} %" : "")}")),
    };
}
