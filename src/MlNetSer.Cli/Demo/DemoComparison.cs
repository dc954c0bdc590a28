namespace MlNetSer.Cli;

/// <summary>The demo's table: what each kind of features is worth to simple classifiers, on one or two sets of sounds.</summary>
internal sealed class DemoComparison(Screen screen, SoundEmbedder pretrained, SoundEmbedder untrained, CancellationToken cancellation)
{
    private readonly List<object> _results = [];
    private readonly List<string> _header = ["Accuracy in %, 5 folds"];
    private readonly List<string>[] _rows = [["pretrained encoder"], ["the same, untrained"], ["log-mel statistics"]];

    public void Add(string name, IReadOnlyList<LabelledSound> sounds)
    {
        Func<IProgress<int>, SoundFeatures>[] features =
        [
            progress => SoundFeatures.Embed(pretrained, sounds, progress, cancellation),
            progress => SoundFeatures.Embed(untrained, sounds, progress, cancellation),
            progress => SoundFeatures.LogMelStatistics(sounds, progress: progress, cancellationToken: cancellation),
        ];
        _header.AddRange([$"{name}: linear", "kNN"]);
        screen.Progress($"Comparing on {name}", progress =>
        {
            for (var f = 0; f < features.Length; f++)
            {
                var done = f * sounds.Count;
                var clips = features[f](new Relay<int>(n => progress.Report(new(done + n, features.Length * sounds.Count))));
                var report = FoldEvaluation.Run(clips, EncoderJudges.Options, cancellation);
                _results.Add(new { Data = name, Features = _rows[f][0], Report = report });
                _rows[f].AddRange(report.Classifiers.Select(c => Cell(c.MicroAccuracy)));
            }
        });
    }

    /// <summary>The reports that the table is of, for programs.</summary>
    public IReadOnlyList<object> Results => _results;

    public void Write() => screen.Table(_header, _rows);

    private static string Cell(FoldStatistic accuracy) =>
        $"{EvaluationTables.Percent(accuracy.Mean)} ± {EvaluationTables.Percent(accuracy.StandardDeviation)}";
}
