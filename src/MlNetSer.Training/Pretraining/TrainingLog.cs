using Microsoft.Extensions.Logging;

namespace MlNetSer.Training;

/// <summary>What is logged while encoders and classifiers are trained.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(1, LogLevel.Information, "Pretraining a {Encoder} encoder on {Data} from epoch {Epoch} of {Epochs} on, in {Folder}")]
    public static partial void PretrainingBegins(this ILogger logger, string encoder, string data, int epoch, int epochs, string folder);

    [LoggerMessage(
        2, LogLevel.Information, "Epoch {Epoch}: loss {Loss:0.0000}, learning rate {LearningRate}, {PatchesPerSecond:0} patches/s, linear evaluation {Linear}, kNN {Neighbours}")]
    public static partial void PretrainingEpoch(
        this ILogger logger, int epoch, double loss, double learningRate, double patchesPerSecond, double? linear, double? neighbours);

    [LoggerMessage(3, LogLevel.Debug, "Checkpoint in epoch {Epoch} after step {Step}")]
    public static partial void CheckpointWritten(this ILogger logger, int epoch, int step);

    [LoggerMessage(4, LogLevel.Information, "Pretraining stopped in epoch {Epoch} after step {Step}; it can be resumed from there")]
    public static partial void PretrainingStopped(this ILogger logger, int epoch, int step);

    [LoggerMessage(5, LogLevel.Information, "Pretraining finished after {Epochs} epochs, {Seconds:0} s in this session")]
    public static partial void PretrainingFinished(this ILogger logger, int epochs, double seconds);

    [LoggerMessage(9, LogLevel.Information, "{Directions} directions of the embeddings evened out")]
    public static partial void WhiteningWritten(this ILogger logger, int directions);

    [LoggerMessage(6, LogLevel.Information, "Training a classifier of {Labels} labels on {Sounds} sounds, {Mode}, {Start}")]
    public static partial void ClassifierBegins(this ILogger logger, int labels, int sounds, DownstreamMode mode, string start);

    [LoggerMessage(7, LogLevel.Information, "Epoch {Epoch}: loss {Loss:0.0000}, learning rate {LearningRate}, validation {Validation}")]
    public static partial void ClassifierEpoch(this ILogger logger, int epoch, double loss, double learningRate, double? validation);

    [LoggerMessage(8, LogLevel.Warning, "{Path} cannot be read and is left out: {Reason}")]
    public static partial void SoundLeftOut(this ILogger logger, string path, string reason);
}
