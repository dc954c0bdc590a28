using System.Text.Json.Nodes;
using MlNetSer.Onnx;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Training;

/// <summary>Everything that a pretraining run depends on besides its data. The defaults are the paper's.</summary>
public sealed record PretrainSettings
{
    /// <summary>One of <see cref="SoundEncoders.Names"/>.</summary>
    public string Encoder { get; init; } = VggEncoder.ArchitectureName;

    /// <summary>Passes over the training data; in each of them every clip gives one pair of patches.</summary>
    public int Epochs { get; init; } = 500;

    /// <summary>Clips per step; the loss compares twice as many views. A data set with fewer clips is taken as one batch.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The learning rate of the first epoch.</summary>
    public double LearningRate { get; init; } = 0.03;

    /// <summary>How the learning rate falls from there.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>The shares of all epochs after which the learning rate falls to a tenth where it falls in steps: epochs 325 and 425 of 500.</summary>
    public IReadOnlyList<double> Milestones { get; init; } = [0.65, 0.85];

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay of SGD, on all weights.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Temperature tau of the loss.</summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>The precision of the convolutions.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    /// <summary>Where all randomness comes from.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// How a waveform becomes the log-mel that the encoder hears, while it learns and ever after. A <see cref="Pretrainer"/> learns from a source that has
    /// computed log-mels already, and puts its settings here.
    /// </summary>
    public LogMelSettings LogMel { get; init; } = new();

    /// <summary>How views are made.</summary>
    public ViewSettings Views { get; init; } = new();

    /// <summary>How sounds are synthesised, where some are trained on.</summary>
    public SynthesisSettings Synthesis { get; init; } = new();

    /// <summary>What evens out the finished encoder's embeddings; null leaves them as they are, as the paper does.</summary>
    public WhiteningSettings? Whitening { get; init; }

    /// <summary>How the exported encoder makes a clip's embedding of those of its patches. It has no part in the training itself.</summary>
    public ClipPooling Pooling { get; init; }

    /// <summary>The learning rate of an epoch, counted from 0.</summary>
    public double LearningRateAt(int epoch) => LearningRate * (Schedule is LearningRateSchedule.Cosine
        ? (1 + Math.Cos(Math.PI * epoch / Epochs)) / 2
        : Math.Pow(0.1, Milestones.Count(share => epoch >= (int)Math.Round(share * Epochs))));

    /// <summary>Checks that every value can be trained with.</summary>
    /// <exception cref="ArgumentException">One cannot; the message names it.</exception>
    public void Validate()
    {
        Require(SoundEncoders.Names.Contains(Encoder), $"encoder is \"{Encoder}\", expected one of {string.Join(", ", SoundEncoders.Names)}");
        Require(Epochs > 0, $"epochs is {Epochs}, expected at least 1");
        Require(BatchSize > 1, $"batchSize is {BatchSize}, expected at least 2: other clips are what a clip is contrasted with");
        Require(LearningRate > 0, $"learningRate is {LearningRate}, expected more than 0");
        Require(Milestones.All(m => m is > 0 and <= 1), $"milestones are {string.Join(", ", Milestones)}, expected shares of the epochs in (0, 1]");
        Require(Enum.IsDefined(Schedule), $"schedule is {Schedule}, expected one of {string.Join(", ", Enum.GetNames<LearningRateSchedule>())}");
        Require(Enum.IsDefined(Pooling), $"pooling is {Pooling}, expected one of {string.Join(", ", Enum.GetNames<ClipPooling>())}");
        Require(Momentum is >= 0 and < 1, $"momentum is {Momentum}, expected a value in [0, 1)");
        Require(WeightDecay >= 0, $"weightDecay is {WeightDecay}, expected 0 or more");
        Require(Temperature > 0, $"temperature is {Temperature}, expected more than 0");
        RequireLogMel();
        Views.Validate();
        Synthesis.Validate();
        Whitening?.Validate();
    }

    /// <summary>The settings as indented JSON; what <see cref="FromJson"/> reads.</summary>
    public string ToJson() => RunJson.Write(this);

    /// <summary>Reads settings from JSON. What is left out has its default; an augmentation that is null is off.</summary>
    /// <exception cref="FormatException">The text is no JSON object of such settings, or names one that does not exist.</exception>
    /// <exception cref="ArgumentException">A setting cannot be trained with.</exception>
    public static PretrainSettings FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var settings = RunJson.Read<PretrainSettings>(json);
        settings.Validate();
        return settings;
    }

    /// <summary>Reads settings from a file: their JSON alone, as <see cref="FromJson"/> takes it, or the run.json of a run.</summary>
    /// <exception cref="RunException">The file holds no settings that can be trained with; the message names the file and the setting.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PretrainSettings FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var text = File.ReadAllText(path);
        try
        {
            return RunJson.Parse(text) is JsonObject run && run.ContainsKey("settings") ? RunDescription.Parse(path, text).Settings : FromJson(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new RunException($"{path}: {e.Message}", e);
        }
    }

    private void RequireLogMel()
    {
        try
        {
            LogMel.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Training cannot start: logMel.{e.Message}", e);
        }
    }

    internal static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ArgumentException($"Training cannot start: {otherwise}.");
    }
}
