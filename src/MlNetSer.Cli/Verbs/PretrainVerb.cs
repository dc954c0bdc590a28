using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>pretrain</c>: the command line of <see cref="PretrainRun"/>.</summary>
internal static class PretrainVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var data = SoundArguments.Data(
            "Folders of sounds, data sets, CSV files that list sounds, or sound files; synth for synthesised sounds, synth:S for a share S of them "
            + "beside others. Labels and test sets are not looked at.",
            required: false);
        var settings = new SettingOptions();
        var printConfig = new Option<bool>("--print-config")
        {
            Description = "Prints all settings of the run, augmentations included, as JSON, and does nothing else.",
        };
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
            "pretrain --data sounds --out run --resume",
            "pretrain --data recordings synth:0.5 --out run",
            "pretrain --print-config > run.json",
            "pretrain --data sounds --config run.json --seed 2 --out run-2")
        {
            data, run, resume, evaluate, every,
        };
        foreach (var option in settings.All) verb.Add(option);
        verb.Add(printConfig);
        verb.Validators.Add(result =>
        {
            if (!result.GetValue(printConfig) && result.GetResult(data) is null) result.AddError("Option '--data' is required.");
        });
        verb.SetAction((parsed, cancellation) =>
        {
            var asked = settings.Read(parsed);
            if (parsed.GetValue(printConfig))
            {
                screen.Line(asked.ToJson());
                return Task.FromResult(Tool.Success);
            }
            var arguments = new PretrainArguments(parsed.GetRequiredValue(data), asked, parsed.GetRequiredValue(run))
            {
                NamedBy = settings.NamedBy(parsed),
                Resume = parsed.GetValue(resume),
                Evaluate = parsed.GetValue(evaluate),
                EvaluateEvery = parsed.GetValue(every),
            };
            return Task.FromResult(PretrainRun.Run(arguments, screen, cancellation));
        });
        return verb;
    }
}
