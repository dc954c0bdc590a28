using System.CommandLine;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>finetune</c>: the command line of <see cref="FinetuneRun"/>.</summary>
internal static class FinetuneVerb
{
    private const int EpochsOnSmallData = 40;

    public static VerbCommand Create(Screen screen)
    {
        var data = new Option<string>("--data", "-d")
        {
            Description = "Labelled sounds, as for evaluate. A test set that the data set fixes is tested on and not learnt from.",
            HelpName = "FOLDER|CSV",
            Required = true,
        };
        var from = Several<string>("--from", "Where the encoder comes from: a run's folder, an .onnx file (with --linear), a .pth file, or 'scratch'.", "RUN|FILE");
        from.Required = true;
        var linear = new Option<bool>("--linear") { Description = "Leaves the encoder as it is and trains a linear layer on its embeddings." };
        var validate = new Option<string?>("--validate")
        {
            Description = "Labelled sounds by which the best epoch is chosen. Without them it is the last.",
            HelpName = "FOLDER|CSV",
        };
        var folds = new Option<int?>("--folds")
        {
            Description = "Cross-validates instead of writing a classifier: on the data set's own folds, or else on N. "
                + "Then --from, --label-share and --wrong-labels take several values, and each combination becomes a row.",
            HelpName = "N",
            Arity = ArgumentArity.ZeroOrOne,
        };
        folds.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var n) && n < 2) result.AddError($"--folds is {n}, expected at least 2");
        });
        var shares = Shares("--label-share", "The share of each label's training sounds to learn from, such as 0.1.");
        var wrong = Shares("--wrong-labels", "The share of each label's training sounds that get another label, such as 0.4.");
        var settings = new DownstreamOptions();
        var mean = new Option<float?>("--mean") { Description = "For a .pth file: what was subtracted from its log-mels.", HelpName = "N" };
        var std = new Option<float?>("--std") { Description = "For a .pth file: what they were divided by.", HelpName = "N" };
        var output = new Option<string>("--out", "-o")
        {
            Description = "The classifier that is written.",
            HelpName = "ONNX",
            DefaultValueFactory = _ => "classifier.onnx",
        };
        var cache = new Option<string>("--cache")
        {
            Description = "Where log-mels are kept for the next time.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "cache",
        };
        var tensorBoard = EventFolder.Option();
        var description = new DescriptionArguments(defaultName: "the encoder's");
        var verb = new VerbCommand(
            "finetune",
            "Trains a classifier on labelled sounds: encoder and classifier end to end, or a linear one on a frozen encoder. One ONNX file comes out.",
            "finetune --data sounds --from run --out classifier.onnx",
            "finetune --data sounds --from encoder.onnx --linear",
            "finetune --data esc10.csv --from run scratch --label-share 0.1 0.25 1 --folds")
        {
            data, from, linear, validate, folds, shares, wrong, mean, std, output, cache, tensorBoard,
        };
        foreach (var option in settings.All) verb.Add(option);
        description.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if ((result.GetResult(mean) is null) != (result.GetResult(std) is null)) result.AddError("Expected both --mean and --std, or neither");
            var several = new (Option Option, int Values)[]
            {
                (from, result.GetValue(from)?.Length ?? 0), (shares, result.GetValue(shares)?.Length ?? 0), (wrong, result.GetValue(wrong)?.Length ?? 0),
            };
            if (result.GetResult(folds) is null && several.FirstOrDefault(s => s.Values > 1).Option is { } option)
                result.AddError($"{option.Name} takes several values only with --folds");
            if (result.GetResult(folds) is not null && result.GetResult(validate) is not null)
                result.AddError("--folds and --validate exclude each other: folds have no validation sounds");
            if (result.GetResult(folds) is not null && result.GetResult(tensorBoard) is not null)
                result.AddError("--folds and --tensorboard exclude each other: the curves of all folds would lie over each other");
        });
        verb.SetAction((parsed, cancellation) =>
        {
            var mode = parsed.GetValue(linear) ? DownstreamMode.Linear : DownstreamMode.FineTuning;
            var arguments = new FinetuneArguments(
                parsed.GetRequiredValue(data), parsed.GetRequiredValue(from), settings.Read(parsed, mode))
            {
                Encoder = settings.Encoder(parsed),
                Normalisation = (parsed.GetValue(mean), parsed.GetValue(std)) is ({ } m, { } s) ? new(m, s) : null,
                Validate = parsed.GetValue(validate),
                Folds = parsed.GetResult(folds) is null ? null : parsed.GetValue(folds) ?? 5,
                LabelShares = parsed.GetValue(shares) is { Length: > 0 } given ? given : [1],
                WrongLabels = parsed.GetValue(wrong) is { Length: > 0 } errors ? errors : [0],
                Output = parsed.GetRequiredValue(output),
                Cache = parsed.GetRequiredValue(cache),
                TensorBoard = parsed.GetValue(tensorBoard),
                Describe = description.Read(parsed),
            };
            return Task.FromResult(FinetuneRun.Run(arguments, screen, cancellation));
        });
        return verb;
    }

    private static Option<T[]> Several<T>(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value, AllowMultipleArgumentsPerToken = true };

    private static Option<double[]> Shares(string name, string description)
    {
        var option = Several<double>(name, description, "SHARE");
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } token) result.AddError($"Unrecognized option '{token.Value}'");
        });
        return option;
    }

    /// <summary>The settings of the training. Small data sets are learnt in fewer epochs than the paper's 200.</summary>
    private sealed class DownstreamOptions
    {
        private static readonly DownstreamSettings Defaults = new();

        private readonly Option<string> _encoder = Choice("--encoder", "The architecture, from scratch or of a .pth file.", SoundEncoders.Names);
        private readonly Option<int?> _epochs = new("--epochs")
        {
            Description = $"Passes over the sounds. [default: {EpochsOnSmallData}, which is enough for some hundred sounds; the paper's {Defaults.Epochs} with --linear]",
            HelpName = "N",
        };
        private readonly Option<int> _batch = Numbers.Option("--batch", "Sounds per step; the paper's number, too many for small data sets.", Defaults.BatchSize, least: 2);
        private readonly Option<double?> _rate = new("--learning-rate")
        {
            Description = "Learning rate of the first epoch; it falls later on. [default: 0.01, 0.1 with --linear]",
            HelpName = "N",
        };
        private readonly Option<string> _precision = Choice(
            "--precision", "Of the convolutions; bfloat16 is about twice as fast on processors with AVX-512 BF16 or AMX.", ["float32", "bfloat16"]);
        private readonly Option<long> _seed = Numbers.Option("--seed", "Where all randomness comes from.", Defaults.Seed, least: 0);

        public IEnumerable<Option> All => [_encoder, _epochs, _batch, _rate, _precision, _seed];

        public string Encoder(ParseResult parsed) => parsed.GetRequiredValue(_encoder);

        public DownstreamSettings Read(ParseResult parsed, DownstreamMode mode) => Defaults with
        {
            Mode = mode,
            Epochs = parsed.GetValue(_epochs) ?? (mode == DownstreamMode.Linear ? Defaults.Epochs : EpochsOnSmallData),
            BatchSize = parsed.GetValue(_batch),
            LearningRate = parsed.GetValue(_rate),
            Precision = parsed.GetValue(_precision) == "bfloat16" ? TrainingPrecision.BFloat16 : TrainingPrecision.Full,
            Seed = parsed.GetValue(_seed),
        };

        private static Option<string> Choice(string name, string description, IReadOnlyList<string> values)
        {
            var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
            option.AcceptOnlyFromAmong([.. values]);
            return option;
        }
    }
}
