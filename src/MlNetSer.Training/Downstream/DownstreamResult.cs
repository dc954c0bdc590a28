using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>A trained classifier and how well it does.</summary>
public sealed record DownstreamResult
{
    /// <summary>The classifier as one model: waveform in, class probabilities and embeddings out (<see cref="SoundClassifierGraph"/>).</summary>
    public required OnnxModel Model { get; init; }

    /// <summary>What the model says about itself, its labels among it.</summary>
    public required SoundModelInfo Info { get; init; }

    /// <summary>One point per epoch.</summary>
    public required IReadOnlyList<DownstreamPoint> Curve { get; init; }

    /// <summary>The epoch, from 1, that the classifier is from: the first with the best validation accuracy, the last without validation clips.</summary>
    public required int Epoch { get; init; }

    /// <summary>How well it does on the validation clips, if there were some.</summary>
    public ClassifierScore? Validation { get; init; }

    /// <summary>How well it does on the test clips, if there were some.</summary>
    public ClassifierScore? Test { get; init; }

    /// <summary>Sounds that were left out because they could not be read.</summary>
    public required IReadOnlyList<UnreadableFile> Unreadable { get; init; }
}

/// <summary>One epoch of a classifier's training.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean cross-entropy over its clips.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="ValidationAccuracy">Balanced accuracy on the validation clips after it, from 0 to 1, if that was measured.</param>
public sealed record DownstreamPoint(int Epoch, double Loss, double LearningRate, double? ValidationAccuracy);

/// <summary>
/// How well a classifier does on labelled clips. A clip's prediction is the label with the highest softmax, averaged over the clip's patches.
/// </summary>
/// <param name="BalancedAccuracy">Mean over the labels that occur of the share of each label's clips labelled correctly, 0 to 1: the paper's figure.</param>
/// <param name="Accuracy">Share of clips labelled correctly, 0 to 1.</param>
/// <param name="Confusion"><c>Confusion[i][j]</c> clips of label i were taken for label j.</param>
public sealed record ClassifierScore(double BalancedAccuracy, double Accuracy, IReadOnlyList<IReadOnlyList<int>> Confusion);

/// <summary>What a classifier's training is doing.</summary>
public enum DownstreamStage
{
    /// <summary>Computing the sounds' log-mels.</summary>
    LogMels,

    /// <summary>Computing the embeddings of the sounds' patches.</summary>
    Embedding,

    /// <summary>Training.</summary>
    Training,
}

/// <summary>How far a classifier's training is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">Sounds that are done, or steps of the training.</param>
/// <param name="Total">All of them.</param>
/// <param name="Loss">The last step's loss, while training.</param>
/// <param name="ValidationAccuracy">The last balanced accuracy on the validation clips, if there is one yet.</param>
public readonly record struct DownstreamProgress(
    DownstreamStage Stage, int Done, int Total, double? Loss = null, double? ValidationAccuracy = null);
