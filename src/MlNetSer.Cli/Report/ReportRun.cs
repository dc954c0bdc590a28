using System.Globalization;
using System.Reflection;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What <c>report</c> was asked to do.</summary>
/// <param name="RunFolder">A run's folder.</param>
/// <param name="Output">The page that is written.</param>
internal sealed record ReportArguments(string RunFolder, string Output)
{
    /// <summary>Labelled sounds to judge the encoder by, or null for the run's own sounds, without labels.</summary>
    public string? Data { get; init; }

    /// <summary>The most clips on the map; each takes about 30 kB of the page.</summary>
    public int Clips { get; init; } = 200;
}

/// <summary>The work of <c>report</c>: everything about a run on one page.</summary>
internal sealed class ReportRun(ReportArguments arguments, Screen screen, CancellationToken cancellation)
{
    private const int ExampleClips = 4;

    public int Run()
    {
        var facts = new ReportFacts(arguments.RunFolder);
        AtomicFile.Require(arguments.Output);
        var work = Directory.CreateTempSubdirectory("mlnetser-report-").FullName;
        try
        {
            var page = Page(facts, work);
            page.Write(arguments.Output);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        var size = new FileInfo(arguments.Output).Length;
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"{arguments.Output}: {size / 1e6:0.0} MB, to be opened in a browser"));
        screen.Json(new { File = arguments.Output, Bytes = size });
        return Tool.Success;
    }

    private ReportPage Page(ReportFacts facts, string work)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(arguments.RunFolder)));
        var sounds = Sounds(facts);
        var features = sounds.Count == 0 ? null : Embed(sounds, work);
        var labelled = arguments.Data is not null;
        var evaluation = labelled
            ? screen.Progress("Cross-validation", _ => FoldEvaluation.Run(features!, EncoderJudges.Options, cancellation))
            : null;
        return new()
        {
            Title = name,
            Summary = $"{facts.Run.Settings.Encoder} encoder, pretrained without labels on {facts.Run.Data.Description}",
            Figures = [.. facts.Figures(), .. Judged(evaluation)],
            Curve = [.. facts.Points()],
            Evaluation = evaluation,
            EvaluationNote = evaluation is null
                ? $"Labels are needed to say how well the encoder does: {Tool.Name} report {arguments.RunFolder} --data LABELLED"
                : $"Classifiers on the finished encoder's embeddings of {evaluation.Clips} clips of {Path.GetFileName(arguments.Data)}, "
                    + (evaluation.Classifiers[0].Folds.Count == 1 ? "on its test set." : $"cross-validated on {evaluation.Classifiers[0].Folds.Count} folds."),
            Map = features is { Sounds.Count: > 2 }
                ? screen.Progress("Map", progress => ReportMapMaker.Make(features, arguments.Clips, progress, cancellation))
                : null,
            MapNote = features is { Sounds.Count: > 2 }
                ? $"{Math.Min(arguments.Clips, features.Sounds.Count)} of {features.Sounds.Count} clips by their embeddings."
                : $"The run's sounds are not at hand; {Tool.Name} report {arguments.RunFolder} --data SOUNDS shows others.",
            Views = features is null ? [] : [.. Views(facts, features.Sounds, work)],
            Settings = [.. facts.Settings()],
            Origin = [.. facts.Origin()],
            Sessions = [.. facts.Sessions()],
            Footer = string.Create(CultureInfo.InvariantCulture, $"Made by {Tool.Name} {Version} on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC."),
        };
    }

    private static string Version =>
        (Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];

    private static IEnumerable<NamedValue> Judged(EvaluationReport? evaluation) => evaluation is null
        ? []
        : evaluation.Classifiers.Select(c => new NamedValue(
            $"{c.Classifier}, now", $"{EvaluationTables.Percent(c.MicroAccuracy.Mean)} %", $"± {EvaluationTables.Percent(c.MicroAccuracy.StandardDeviation)} over folds"));

    /// <summary>The labelled sounds, or those that the run was trained on if they are still where they were.</summary>
    private IReadOnlyList<LabelledSound> Sounds(ReportFacts facts)
    {
        if (arguments.Data is { } data) return SoundArguments.ReadLabelled(data);
        var cache = LogMelCache.PathOf(Path.Combine(arguments.RunFolder, "cache"), facts.Run.Data.Fingerprint);
        var paths = LogMelCacheFile.TryRead(cache)?.Clips.Select(c => c.Path).Distinct().Where(File.Exists).ToArray() ?? [];
        LabelledSound[] sounds = [.. paths.Select(path => new LabelledSound(path, ""))];
        return [.. ReportMapMaker.Choose(sounds, arguments.Clips).Select(i => sounds[i])];
    }

    private SoundFeatures Embed(IReadOnlyList<LabelledSound> sounds, string work)
    {
        var encoder = Path.Combine(work, "encoder.onnx");
        EncoderExport.Export(arguments.RunFolder, encoder, cancellationToken: cancellation);
        using var embedder = new SoundEmbedder(encoder);
        var features = screen.Progress("Embedding", progress => SoundFeatures.Embed(embedder, sounds, new Counting(progress, sounds.Count), cancellation));
        SkippedSounds.Report(screen, features.Unreadable, sounds.Count);
        return features;
    }

    private IEnumerable<ReportViews> Views(ReportFacts facts, IReadOnlyList<LabelledSound> sounds, string work)
    {
        var mel = facts.Run.LogMel;
        string[] files = [.. ReportMapMaker.Choose(sounds, ExampleClips).Select(i => sounds[i].Path)];
        using var cache = LogMelCache.OpenOrCreate(work, files, mel, null, cancellation);
        var seconds = (double)mel.HopSize / mel.SampleRate;
        ReportTick[] ticks = [.. MelAxis.TicksOf(mel).Select(t => new ReportTick(t.Label, Math.Round(t.Band / mel.MelBands, 4)))];
        var examples = Enumerable.Range(0, cache.Count).DistinctBy(cache.PathOf).Select(clip => (clip, Example: ViewExample.Make(cache, clip, facts.Run.Settings.Views)));
        foreach (var (clip, example) in examples)
        {
            float[] values = [.. example.Clip.Values.Order()];
            var (lowest, highest) = (values[values.Length / 50], values[^1]);
            string Picture(LogMelSpectrogram picture) => SpectrogramPicture.DataAddress(picture, lowest, highest);
            yield return new(
                Path.GetFileName(cache.PathOf(clip)),
                Math.Round(example.Clip.Frames * seconds, 3),
                Math.Round(mel.PatchFrames * seconds, 3),
                Picture(example.Clip),
                example.BackgroundShare is { } share ? $"{(100 * share).ToString("0.0", CultureInfo.InvariantCulture)} %" : null,
                [.. new[] { example.First, example.Second }.Select(v => new ReportView(
                    Math.Round(v.FirstFrame * seconds, 3), v.BackgroundPath is null ? null : Path.GetFileName(v.BackgroundPath), Picture(v.View)))])
            {
                Frequencies = ticks,
            };
        }
    }
}
