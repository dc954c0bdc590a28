using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>pretrain</c>: the command line of <see cref="PretrainRun"/>.</summary>
internal static class PretrainVerb
{
    private static readonly Dictionary<string, MonitorKinds> Monitors = new()
    {
        ["knn"] = MonitorKinds.Knn,
        ["linear"] = MonitorKinds.Linear,
        ["both"] = MonitorKinds.Both,
    };

    public static VerbCommand Create(Screen screen)
    {
        var data = SoundArguments.Data(
            "Folders of sounds, data sets, CSV files that list sounds, or sound files; synth for synthesised sounds, synth:S for a share S of them "
            + "beside others. Test sets are left out, and labels are not learnt from.",
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
            Description = "Labelled sounds on which the encoder is judged while it is trained. They do not change the training.",
            HelpName = "FOLDER|CSV",
        };
        var monitor = new Option<string?>("--monitor")
        {
            Description = "Judge by linear evaluation of embeddings, by the paper's kNN (200 nearest patches of other clips, outputs of the projection "
                + "head, majority over a clip's patches), or by both. On the sounds of --evaluate, or without it on those of --data, which then need "
                + "labels. [default: both with --evaluate, else none]",
            HelpName = string.Join('|', Monitors.Keys),
        };
        monitor.AcceptOnlyFromAmong([.. Monitors.Keys]);
        var every = Numbers.Option("--evaluate-every", "Epochs from one judgement to the next; it is in the run's curve.csv.", 10, least: 1);
        var checkpoint = Numbers.Option(
            "--checkpoint-every",
            "The most seconds of work that a killed run loses: what lies between two checkpoints. 0 for one after every step.",
            PretrainArguments.DefaultCheckpointEverySeconds,
            least: 0);
        var tensorBoard = EventFolder.Option();
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
            data, run, resume, evaluate, monitor, every, checkpoint, tensorBoard,
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
                screen.Text(asked.ToJson());
                return Task.FromResult(Tool.Success);
            }
            var evaluated = parsed.GetValue(evaluate);
            var arguments = new PretrainArguments(parsed.GetRequiredValue(data), asked, parsed.GetRequiredValue(run))
            {
                NamedBy = settings.NamedBy(parsed),
                Resume = parsed.GetValue(resume),
                Evaluate = evaluated,
                Monitor = parsed.GetValue(monitor) is { } kind ? Monitors[kind] : evaluated is null ? MonitorKinds.None : MonitorKinds.Both,
                EvaluateEvery = parsed.GetValue(every),
                CheckpointEverySeconds = parsed.GetValue(checkpoint),
                TensorBoard = parsed.GetValue(tensorBoard),
            };
            return Task.FromResult(PretrainRun.Run(arguments, screen, cancellation));
        });
        return verb;
    }
}
