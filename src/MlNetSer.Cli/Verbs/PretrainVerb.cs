using System.CommandLine;
using System.CommandLine.Parsing;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>pretrain</c>: the command line of <see cref="PretrainRun"/>.</summary>
internal static class PretrainVerb
{
    private static readonly PretrainSettings Defaults = new();

    public static VerbCommand Create(Screen screen)
    {
        var data = SoundArguments.Data("Folders of sounds, data sets, CSV files that list sounds, or sound files. Labels and test sets are not looked at.");
        var encoder = new Option<string>("--encoder")
        {
            Description = "The encoder's architecture.",
            DefaultValueFactory = _ => Defaults.Encoder,
        };
        encoder.AcceptOnlyFromAmong([.. SoundEncoders.Names]);
        var epochs = Numbers.Option("--epochs", "Passes over the sounds.", Defaults.Epochs, least: 1);
        var batch = Numbers.Option("--batch", "Sounds per step.", Defaults.BatchSize, least: 2);
        var learningRate = Numbers.Option("--learning-rate", "Learning rate of the first epoch; it falls later on.", Defaults.LearningRate, 0);
        var seed = Numbers.Option("--seed", "Where all randomness comes from.", Defaults.Seed, least: 0);
        var run = new Option<string>("--out", "-o")
        {
            Description = "The run's folder: settings, curve, checkpoint, cached log-mels.",
            HelpName = "RUN",
            DefaultValueFactory = _ => "run",
        };
        var resume = new Option<bool>("--resume") { Description = "Goes on with the run in the folder, if there is one." };
        var evaluate = new Option<string?>("--evaluate")
        {
            Description = "Labelled sounds on which linear evaluation follows the training.",
            HelpName = "FOLDER|CSV",
        };
        var every = Numbers.Option("--evaluate-every", "Epochs from one such evaluation to the next.", 10, least: 1);
        var verb = new VerbCommand(
            "pretrain",
            "Pretrains an encoder on sounds without labels, by contrastive learning. Ctrl-C stops it without loss, --resume goes on.",
            "pretrain --data sounds --epochs 100 --out run",
            "pretrain --data recordings more/recordings --encoder resnet18 --evaluate esc10.csv --out run",
            "pretrain --data sounds --out run --resume")
        {
            data, encoder, epochs, batch, learningRate, seed, run, resume, evaluate, every,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            var settings = Defaults with
            {
                Encoder = parsed.GetRequiredValue(encoder),
                Epochs = parsed.GetValue(epochs),
                BatchSize = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(learningRate),
                Seed = parsed.GetValue(seed),
            };
            var arguments = new PretrainArguments(parsed.GetRequiredValue(data), settings, parsed.GetRequiredValue(run))
            {
                Given = [.. Settings.Where(s => parsed.GetResult(s.Option) is OptionResult { Implicit: false })],
                Resume = parsed.GetValue(resume),
                Evaluate = parsed.GetValue(evaluate),
                EvaluateEvery = parsed.GetValue(every),
            };
            return Task.FromResult(PretrainRun.Run(arguments, screen, cancellation));
        });
        return verb;
    }

    private static readonly (string Option, Func<PretrainSettings, object> Value)[] Settings =
    [
        ("--encoder", s => s.Encoder),
        ("--epochs", s => s.Epochs),
        ("--batch", s => s.BatchSize),
        ("--learning-rate", s => s.LearningRate),
        ("--seed", s => s.Seed),
    ];
}
