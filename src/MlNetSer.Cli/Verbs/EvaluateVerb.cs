using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>evaluate</c>: how well simple classifiers do on an encoder's embeddings of labelled sounds.</summary>
internal static class EvaluateVerb
{
    private static readonly (string Name, SoundClassifier Classifier)[] Heads =
    [
        ("linear", SoundClassifier.Linear),
        ("sdca", SoundClassifier.Sdca),
        ("fasttree", SoundClassifier.FastTree),
        ("fastforest", SoundClassifier.FastForest),
        ("knn", SoundClassifier.NearestNeighbours),
        ("patch-softmax", SoundClassifier.PatchSoftmax),
    ];

    public static VerbCommand Create(Screen screen)
    {
        var model = SoundArguments.Model();
        var data = new Option<string>("--data", "-d")
        {
            Description = "Labelled sounds: a data set as it is published (ESC-50, UrbanSound8K, FSDnoisy18k), a folder with a sub-folder "
                + "per label, or a CSV file with the columns filename, category and, where the data set fixes them, fold.",
            HelpName = "FOLDER|CSV",
            Required = true,
        };
        var folds = Numbers.Option("--folds", "Folds of the cross-validation, where the data set fixes none.", 5, least: 2);
        var seed = Numbers.Option("--seed", "Decides the folds that are made.", 1, least: 0);
        var heads = new Option<string>("--heads")
        {
            Description = $"The classifiers, separated by commas, of {string.Join(", ", Heads.Select(h => h.Name))}. patch-softmax is linear on patches, "
                + "its probabilities averaged over a sound's patches.",
            HelpName = "NAMES",
            DefaultValueFactory = _ => "linear,fasttree,knn",
        };
        heads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>().Split(',').FirstOrDefault(name => Heads.All(h => h.Name != name)) is { } unknown)
                result.AddError($"--heads has '{unknown}', expected some of {string.Join(", ", Heads.Select(h => h.Name))}");
        });
        var perLabel = Numbers.Optional("--per-label", "Trains on only this many clips of each label, drawn five times for each fold: what few labels are enough for.", least: 1);
        var baselines = new Option<bool>("--baselines") { Description = "Evaluates log-mel statistics as well, which need no encoder." };
        var verb = new VerbCommand(
            "evaluate",
            "Evaluates an encoder by cross-validation: linear, FastTree and kNN classifiers on its embeddings, which are computed once.",
            "evaluate --data sounds",
            "evaluate --model encoder.onnx --data esc10.csv --baselines",
            "evaluate --model encoder.onnx --data esc10.csv --per-label 5 --heads linear,knn",
            "evaluate --model encoder.onnx --data esc10.csv --heads linear,sdca,fastforest,patch-softmax")
        {
            model, data, heads, folds, perLabel, seed, baselines,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetValue(model), parsed.GetRequiredValue(data), parsed.GetValue(baselines), new()
            {
                Classifiers = [.. parsed.GetRequiredValue(heads).Split(',').Distinct().Select(name => Array.Find(Heads, h => h.Name == name).Classifier)],
                Folds = parsed.GetValue(folds),
                ClipsPerLabel = parsed.GetValue(perLabel),
                Seed = parsed.GetValue(seed),
            }),
            screen,
            cancellation)));
        return verb;
    }

    internal sealed record Arguments(string? Model, string Data, bool Baselines, FoldEvaluationOptions Options);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        using var embedder = new SoundEmbedder(arguments.Model);
        var sounds = SoundArguments.ReadLabelled(arguments.Data);
        var options = arguments.Options;
        var reports = new List<EvaluationReport>();
        var byPatches = options.Classifiers.Any(c => c.NeedsPatches);
        Evaluate("Embedding", options, progress => byPatches
            ? SoundFeatures.EmbedPatches(embedder, sounds, progress, cancellation)
            : SoundFeatures.Embed(embedder, sounds, progress, cancellation));
        if (arguments.Baselines)
        {
            // Statistics of a clip have no patches.
            var ofClips = options with { Classifiers = [.. options.Classifiers.Where(c => !c.NeedsPatches)] };
            Evaluate("Log-mel statistics", ofClips, progress =>
                SoundFeatures.LogMelStatistics(sounds, progress: progress, cancellationToken: cancellation));
        }

        screen.Json(new { Model = arguments.Model ?? SoundModels.Default, arguments.Data, Reports = reports });
        EvaluationTables.Write(screen, reports);
        return Tool.Success;

        void Evaluate(string title, FoldEvaluationOptions options, Func<IProgress<int>, SoundFeatures> compute)
        {
            var features = screen.Progress(title, progress => compute(new Counting(progress, sounds.Count)));
            SkippedSounds.Report(screen, features.Unreadable, sounds.Count);
            if (options.Classifiers.Count > 0) reports.Add(screen.Progress("Cross-validation", _ => FoldEvaluation.Run(features, options, cancellation)));
        }
    }
}
