namespace MlNetSer.Training;

/// <summary>What of a classifier is trained on labelled sounds.</summary>
public enum DownstreamMode
{
    /// <summary>
    /// Linear evaluation: a linear layer on the embeddings of an encoder that stays as it is, in evaluation mode. A clip's patches are embedded once, and
    /// an epoch's random patch is one of them: they begin every half second and overlap by half, and clips are scored by the same. The paper draws
    /// a patch that begins at any frame, which would have every one embedded anew in every epoch.
    /// </summary>
    Linear,

    /// <summary>The encoder and a linear layer on its embeddings, end to end.</summary>
    FineTuning,
}

/// <summary>
/// Everything that the training of a classifier depends on besides its encoder and its data. The defaults are the paper's:
/// SGD and cross-entropy on one random patch per clip and epoch, without augmentation.
/// </summary>
public sealed record DownstreamSettings
{
    private const double LinearRate = 0.1;
    private const double FineTuningRate = 0.01;

    /// <summary>What is trained.</summary>
    public DownstreamMode Mode { get; init; } = DownstreamMode.FineTuning;

    /// <summary>Passes over the training clips; in each of them every clip gives one patch.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>The most clips of a step. The clips of an epoch are dealt evenly onto as few steps as that allows.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The learning rate of the first epoch; null for the paper's, 0.1 for linear evaluation and 0.01 for fine-tuning.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The shares of all epochs after which the learning rate falls to a tenth: epochs 80 and 160 of 200.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = [0.4, 0.8];

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of SGD, on all weights.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Epochs from one look at the validation clips to the next, where there are some; the last epoch is always looked at.</summary>
    public int ValidateEvery { get; init; } = 1;

    /// <summary>The precision of the convolutions while they are trained.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    /// <summary>Where all randomness comes from.</summary>
    public long Seed { get; init; }

    /// <summary>The learning rate of an epoch, counted from 0.</summary>
    public double LearningRateAt(int epoch) =>
        FirstLearningRate * Math.Pow(0.1, Milestones.Count(share => epoch >= (int)Math.Round(share * Epochs)));

    /// <summary>Checks that every value can be trained with.</summary>
    /// <exception cref="ArgumentException">One cannot; the message names it.</exception>
    public void Validate()
    {
        PretrainSettings.Require(Enum.IsDefined(Mode), $"mode is {Mode}, expected {nameof(DownstreamMode.Linear)} or {nameof(DownstreamMode.FineTuning)}");
        PretrainSettings.Require(Epochs > 0, $"epochs is {Epochs}, expected at least 1");
        PretrainSettings.Require(BatchSize > 1, $"batchSize is {BatchSize}, expected at least 2");
        PretrainSettings.Require(LearningRate is null or > 0, $"learningRate is {LearningRate}, expected more than 0");
        PretrainSettings.Require(
            Milestones.All(m => m is > 0 and <= 1), $"milestones are {string.Join(", ", Milestones)}, expected shares of the epochs in (0, 1]");
        PretrainSettings.Require(Momentum is >= 0 and < 1, $"momentum is {Momentum}, expected a value in [0, 1)");
        PretrainSettings.Require(WeightDecay >= 0, $"weightDecay is {WeightDecay}, expected 0 or more");
        PretrainSettings.Require(ValidateEvery > 0, $"validateEvery is {ValidateEvery}, expected at least 1");
    }

    /// <summary>The settings as indented JSON; what <see cref="FromJson"/> reads.</summary>
    public string ToJson() => RunJson.Write(this);

    /// <summary>Reads settings from JSON. What is left out has its default.</summary>
    /// <exception cref="FormatException">The text is no JSON object of such settings, or names one that does not exist.</exception>
    /// <exception cref="ArgumentException">A setting cannot be trained with.</exception>
    public static DownstreamSettings FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var settings = RunJson.Read<DownstreamSettings>(json);
        settings.Validate();
        return settings;
    }

    private double FirstLearningRate => LearningRate ?? (Mode == DownstreamMode.Linear ? LinearRate : FineTuningRate);
}
