using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>evaluate</c>: how well simple classifiers do on an encoder's embeddings of labelled sounds.</summary>
internal static class EvaluateVerb
{
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
        var baselines = new Option<bool>("--baselines") { Description = "Evaluates log-mel statistics as well, which need no encoder." };
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var verb = new VerbCommand(
            "evaluate",
            "Evaluates an encoder by cross-validation: linear, FastTree and kNN classifiers on its embeddings, which are computed once.",
            "evaluate --data sounds",
            "evaluate --model encoder.onnx --data esc10.csv --baselines")
        {
            model, data, folds, seed, baselines, json,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetValue(model), parsed.GetRequiredValue(data), parsed.GetValue(folds), parsed.GetValue(seed),
                parsed.GetValue(baselines), parsed.GetValue(json)),
            screen,
            cancellation)));
        return verb;
    }

    internal sealed record Arguments(string? Model, string Data, int Folds, int Seed, bool Baselines, bool Json);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        using var embedder = new SoundEmbedder(arguments.Model);
        var sounds = SoundArguments.ReadLabelled(arguments.Data);
        var options = new FoldEvaluationOptions { Folds = arguments.Folds, Seed = arguments.Seed };
        var reports = new List<EvaluationReport>();
        Evaluate("Embedding", progress => SoundFeatures.Embed(embedder, sounds, progress, cancellation));
        if (arguments.Baselines)
        {
            Evaluate("Log-mel statistics", progress =>
                SoundFeatures.LogMelStatistics(sounds, progress: progress, cancellationToken: cancellation));
        }

        if (arguments.Json)
        {
            screen.Json(new { Model = arguments.Model ?? SoundModels.Default, arguments.Data, Reports = reports });
            return Tool.Success;
        }
        EvaluationTables.Write(screen, reports);
        return Tool.Success;

        void Evaluate(string title, Func<IProgress<int>, SoundFeatures> compute)
        {
            var features = screen.Progress(title, progress => compute(new Counting(progress, sounds.Count)));
            SkippedSounds.Report(screen, features.Unreadable, sounds.Count);
            reports.Add(screen.Progress("Cross-validation", _ => FoldEvaluation.Run(features, options, cancellation)));
        }
    }
}
