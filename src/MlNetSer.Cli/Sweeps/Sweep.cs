using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What <c>sweep</c> was asked to do.</summary>
/// <param name="Plan">The file of variants.</param>
/// <param name="Data">Folders, CSV files, sound files, synthesis to pretrain on.</param>
/// <param name="Judges">Labelled sounds that every encoder is evaluated on.</param>
/// <param name="Folder">Where the runs live.</param>
internal sealed record SweepArguments(string Plan, IReadOnlyList<string> Data, IReadOnlyList<string> Judges, string Folder)
{
    public int Seeds { get; init; } = 2;

    public bool HoldOut { get; init; }

    /// <summary>How many clips per label the classifiers get in a further evaluation on the first judge, or null for none.</summary>
    public int? PerLabel { get; init; }

    public Shard Shard { get; init; } = Shard.Whole;
}

/// <summary>The work of <c>sweep</c>: variants of pretraining, each with several seeds, evaluated alike, in one table.</summary>
internal sealed class Sweep(SweepArguments arguments, Screen screen, CancellationToken cancellation)
{
    private readonly IReadOnlyList<(string Name, IReadOnlyList<LabelledSound> Sounds)> _judges =
        [.. arguments.Judges.Select(judge => (judge, SoundArguments.ReadLabelled(judge)))];

    private readonly IReadOnlyList<LabelledSound> _sounds = SoundArguments.ReadForPretraining(TrainingSource.Recordings(arguments.Data));

    private readonly (string Data, string Classifier)[] _scores =
    [
        .. from judge in arguments.Judges
           from options in EvaluationsOf(judge, arguments)
           from classifier in options.Classifiers
           select (judge, ScoreName(classifier.Name, options)),
    ];

    public int Run()
    {
        var plan = SweepPlan.Read(arguments.Plan);
        var runs = SweepRun.List(plan, arguments.Seeds, arguments.HoldOut ? FoldsOf(_judges[0]) : []);
        foreach (var run in runs) RequireSameSettings(run);
        var open = runs.Where((_, i) => arguments.Shard.Has(i)).Where(run => ResultOf(run) is null).ToArray();
        for (var i = 0; i < open.Length; i++)
        {
            screen.Note($"Run {i + 1} of {open.Length}: {open[i].Folder}");
            try
            {
                Train(open[i]).Write(FolderOf(open[i]));
            }
            catch (RunInUseException e)
            {
                screen.Warn($"Left out: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                screen.Warn("Stopped. The same command goes on.");
                throw;
            }
        }
        var results = runs.Select(ResultOf).OfType<SweepResult>().ToArray();
        if (results.Length < runs.Count) screen.Note($"{results.Length} of {runs.Count} runs are finished.");
        if (results.Length > 0) SweepTable.Write(screen, plan, results);
        screen.Json(new { Finished = results.Length, All = runs.Count, Runs = results });
        return Tool.Success;
    }

    private SweepResult Train(SweepRun run)
    {
        var folder = FolderOf(run);
        var cache = Path.Combine(arguments.Folder, "cache");
        using var source = TrainingSource.Open(screen, arguments.Data, TrainingSounds(run), run.Settings, cache, cancellation);
        var pretrainer = new Pretrainer(source.Patches, folder);
        var curve = PretrainRun.Train(screen, progress => File.Exists(DescriptionOf(run))
            ? pretrainer.Resume(progress, cancellation)
            : pretrainer.Run(run.Settings, progress, cancellation));
        var encoder = Path.Combine(folder, "encoder.onnx");
        EncoderExport.Export(folder, encoder, cancellationToken: cancellation);
        using var embedder = new SoundEmbedder(encoder);
        var scores = _judges.SelectMany((judge, i) => Score(embedder, judge.Name, judge.Sounds, i == 0 ? run.HeldOutFold : null));
        return new(run.Variant, run.Settings.Seed, run.HeldOutFold, curve[^1].Loss, [.. scores]);
    }

    private IEnumerable<SweepScore> Score(SoundEmbedder embedder, string name, IReadOnlyList<LabelledSound> sounds, int? fold)
    {
        var features = screen.Progress(
            $"Evaluation on {Path.GetFileName(name)}",
            progress => SoundFeatures.Embed(embedder, sounds, new Counting(progress, sounds.Count), cancellation));
        return from options in EvaluationsOf(name, arguments)
               from c in FoldEvaluation.Run(features, options, cancellation).Classifiers
               let accuracy = fold is null ? c.MicroAccuracy.Mean : c.Folds.Single(f => f.Fold == fold).MicroAccuracy
               select new SweepScore(name, ScoreName(c.Classifier, options), accuracy);
    }

    /// <summary>All clips to train on; for the first judge, where that was asked for, also few.</summary>
    private static IEnumerable<FoldEvaluationOptions> EvaluationsOf(string judge, SweepArguments arguments) =>
        arguments.PerLabel is { } few && judge == arguments.Judges[0]
            ? [EncoderJudges.Options, EncoderJudges.Options with { ClipsPerLabel = few }]
            : [EncoderJudges.Options];

    private static string ScoreName(string classifier, FoldEvaluationOptions options) =>
        options.ClipsPerLabel is { } few ? $"{classifier}, {few} per label" : classifier;

    /// <summary>All sounds but those of the held-out fold, whatever name they are listed under.</summary>
    private IReadOnlyList<LabelledSound> TrainingSounds(SweepRun run)
    {
        if (run.HeldOutFold is not { } fold) return _sounds;
        var heldOut = _judges[0].Sounds.Where(s => s.Fold == fold).Select(s => Path.GetFullPath(s.Path)).ToHashSet(StringComparer.Ordinal);
        return [.. _sounds.Where(s => !heldOut.Contains(Path.GetFullPath(s.Path)))];
    }

    private static int[] FoldsOf((string Name, IReadOnlyList<LabelledSound> Sounds) judge)
    {
        if (judge.Sounds.Any(s => s.Fold is null))
            throw new Failure($"{judge.Name} has no folds to hold out: expected a CSV file with a column 'fold'.");
        return [.. judge.Sounds.Select(s => s.Fold!.Value).Distinct().Order()];
    }

    private void RequireSameSettings(SweepRun run)
    {
        if (!File.Exists(DescriptionOf(run)) || RunDescription.Read(FolderOf(run)).Settings.ToJson() == run.Settings.ToJson()) return;
        throw new Failure($"{FolderOf(run)} was trained with other settings than {arguments.Plan} has for it now: rename the variant, or delete the folder.");
    }

    private SweepResult? ResultOf(SweepRun run) => SweepResult.TryRead(FolderOf(run), _scores);

    private string FolderOf(SweepRun run) => Path.Combine(arguments.Folder, run.Folder);

    private string DescriptionOf(SweepRun run) => Path.Combine(FolderOf(run), "run.json");
}
