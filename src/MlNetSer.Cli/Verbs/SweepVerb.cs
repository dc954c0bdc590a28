using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>sweep</c>: the command line of <see cref="Sweep"/>.</summary>
internal static class SweepVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var plan = new Argument<string>("FILE")
        {
            Description = "JSON: \"base\" holds the settings that all runs share (see pretrain --print-config), \"variants\" what differs, by name.",
        };
        var data = SoundArguments.Data("What to pretrain on, as for pretrain: folders of sounds, data sets, CSV files, sound files, synth.");
        var evaluate = new Option<string[]>("--evaluate")
        {
            Description = "Labelled sounds that every encoder is evaluated on.",
            HelpName = "FOLDER|CSV",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var seeds = Numbers.Option("--seeds", "Runs of each variant; the first has its settings' seed, the others the next ones.", 2, least: 1);
        var holdOut = new Option<bool>("--hold-out")
        {
            Description = "Trains an encoder for each fold of the first --evaluate, without that fold's sounds, and evaluates it on that fold.",
        };
        var perLabel = Numbers.Optional("--per-label", "Evaluates once more on the first --evaluate, with only this many clips of each label to train on.", least: 1);
        var shard = Shard.Option("Only every N-th run, from the I-th on (from 0), for N processes that share the folder.");
        var folder = new Option<string>("--out", "-o")
        {
            Description = "The folder of all runs. Finished ones are not repeated, interrupted ones go on.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "sweep",
        };
        var verb = new VerbCommand(
            "sweep",
            "Pretrains with variants of settings and several seeds, evaluates all encoders alike, and prints one table of what is finished.",
            "sweep variants.json --data sounds --evaluate esc10.csv --out sweep",
            "sweep variants.json --data esc10.csv --evaluate esc10.csv digits.csv --hold-out --seeds 3 --shard 0/4")
        {
            plan, data, evaluate, seeds, holdOut, perLabel, shard, folder,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(new Sweep(
            new(parsed.GetRequiredValue(plan), parsed.GetRequiredValue(data), parsed.GetRequiredValue(evaluate), parsed.GetRequiredValue(folder))
            {
                Seeds = parsed.GetValue(seeds),
                HoldOut = parsed.GetValue(holdOut),
                PerLabel = parsed.GetValue(perLabel),
                Shard = parsed.GetValue(shard),
            },
            screen,
            cancellation).Run()));
        return verb;
    }
}
