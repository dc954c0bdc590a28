using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What <c>finetune</c> was asked to do.</summary>
/// <param name="Data">Labelled sounds.</param>
/// <param name="From">Where encoders come from; several only for a table of folds.</param>
/// <param name="Settings">How classifiers are trained.</param>
internal sealed record FinetuneArguments(string Data, IReadOnlyList<string> From, DownstreamSettings Settings)
{
    public const string Scratch = "scratch";

    /// <summary>The architecture where <see cref="From"/> does not say it.</summary>
    public string Encoder { get; init; } = SoundEncoders.Names[0];

    /// <summary>The normalisation of a PyTorch checkpoint's encoder.</summary>
    public InputNormalisation? Normalisation { get; init; }

    /// <summary>Labelled sounds by which the best epoch is chosen, if any.</summary>
    public string? Validate { get; init; }

    /// <summary>Folds to make where the sounds have none; null for one classifier instead of a cross-validation.</summary>
    public int? Folds { get; init; }

    /// <summary>Shares of the training labels to use, in (0, 1].</summary>
    public IReadOnlyList<double> LabelShares { get; init; } = [1];

    /// <summary>Shares of the training labels to make wrong, in [0, 1].</summary>
    public IReadOnlyList<double> WrongLabels { get; init; } = [0];

    public string Output { get; init; } = "classifier.onnx";

    public string Cache { get; init; } = "cache";

    public string? TensorBoard { get; init; }

    public Func<SoundModelInfo, SoundModelInfo> Describe { get; init; } = info => info;

    /// <summary>The encoder that a value of --from stands for.</summary>
    public EncoderStart Start(string from)
    {
        if (from == Scratch) return EncoderStart.Scratch(Encoder);
        if (Directory.Exists(from)) return EncoderStart.FromRun(from);
        if (!File.Exists(from)) throw new Failure($"{from} does not exist: --from takes a run's folder, an .onnx or .pth file, or '{Scratch}'.");
        if (Path.GetExtension(from).ToUpperInvariant() is not (".PTH" or ".PT")) return EncoderStart.FromModel(from);
        return EncoderStart.FromCheckpoint(
            from, Encoder, Normalisation ?? throw new Failure($"{from} does not say how its encoder's input is normalised: give --mean and --std."));
    }
}
