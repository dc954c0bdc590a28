using System.Globalization;
using System.Text.Json.Nodes;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What a run's own files say, for its report.</summary>
internal sealed class ReportFacts(string runFolder)
{
    public RunDescription Run { get; } = RunDescription.Read(runFolder);

    public IReadOnlyList<CurvePoint> Curve { get; } = [.. CurvePoint.Read(RunFolder.CurvePath(runFolder))];

    private readonly IReadOnlyList<TrainingSession> _sessions = TrainingSession.Read(runFolder);

    public IEnumerable<NamedValue> Figures()
    {
        var settings = Run.Settings;
        yield return new("encoder", settings.Encoder);
        yield return new("epochs", Curve.Count.ToString(CultureInfo.InvariantCulture), Curve.Count < settings.Epochs ? $"of {settings.Epochs}" : "");
        yield return new("clips", Run.Data.Clips.ToString("#,0", CultureInfo.InvariantCulture));
        if (Curve.Count == 0) yield break;
        yield return new("loss", Text(Curve[^1].Loss, "0.000"), $"from {Text(Curve[0].Loss, "0.000")}");
        if (Curve.LastOrDefault(p => p.Accuracy.Linear is not null) is { } linear)
            yield return new("linear evaluation", $"{EvaluationTables.Percent(linear.Accuracy.Linear!.Value)} %", $"in training, after epoch {linear.Epoch}");
        if (Curve.LastOrDefault(p => p.Accuracy.Neighbours is not null) is { } neighbours)
            yield return new("kNN", $"{EvaluationTables.Percent(neighbours.Accuracy.Neighbours!.Value)} %", $"in training, after epoch {neighbours.Epoch}");
        yield return new("training time", Duration(TrainingSeconds), _sessions.Count == 0 ? "about, from the speed" : "");
        yield return new("speed", Text(Curve.Select(p => p.PatchesPerSecond).Order().ElementAt(Curve.Count / 2), "0"), "patches a second");
    }

    public IEnumerable<ReportPoint> Points() => Curve.Select(p =>
        new ReportPoint(p.Epoch, p.Loss, p.LearningRate, p.PatchesPerSecond, p.Accuracy.Linear, p.Accuracy.Neighbours));

    public IEnumerable<ReportSetting> Settings()
    {
        var published = Leaves("", JsonNode.Parse(new PretrainSettings().ToJson())).ToDictionary(l => l.Name, l => l.Value);
        return Leaves("", JsonNode.Parse(Run.Settings.ToJson()))
            .Where(l => !l.Name.StartsWith("synthesis", StringComparison.Ordinal))
            .Select(l => new ReportSetting(l.Name, l.Value, published.GetValueOrDefault(l.Name) != l.Value));
    }

    public IEnumerable<NamedValue> Origin()
    {
        var mel = Run.LogMel;
        yield return new("training data", Run.Data.Description);
        yield return new("licence of the sounds", Run.Data.Licence ?? "not known");
        yield return new("log-mel", string.Create(
            CultureInfo.InvariantCulture,
            $"{mel.MelBands} bands from {mel.MinFrequency} to {mel.MaxFrequency} Hz, a frame every {1000.0 * mel.HopSize / mel.SampleRate:0.0} ms, {mel.SampleRate} Hz mono"));
        yield return new("patches", $"{mel.PatchFrames} frames");
        yield return new("normalisation", string.Create(CultureInfo.InvariantCulture, $"mean {Run.Normalisation.Mean}, standard deviation {Run.Normalisation.Std}"));
        yield return new("fingerprint of the data", Run.Data.Fingerprint);
    }

    public IEnumerable<ReportSession> Sessions() => _sessions.Select(s => new ReportSession(
        s.Started.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Duration(s.Seconds),
        s.Epochs,
        s.Processor,
        $"{s.Device}, {s.Threads} threads",
        $"{Text(s.Memory / 1e9, "0.#")} GB",
        s.System));

    /// <summary>Of runs of versions that recorded no times, what follows from the speed.</summary>
    private double TrainingSeconds
    {
        get
        {
            if (_sessions.Count > 0) return _sessions.Sum(s => s.Seconds);
            var batch = Math.Min(Run.Settings.BatchSize, Run.Data.Clips);
            return Curve.Sum(p => 2.0 * batch * (Run.Data.Clips / batch) / Math.Max(p.PatchesPerSecond, 1e-9));
        }
    }

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        if (time.TotalHours >= 1) return $"{(int)time.TotalHours} h {time.Minutes} min";
        return time.TotalMinutes >= 1 ? $"{(int)time.TotalMinutes} min {time.Seconds} s" : $"{Text(seconds, "0.#")} s";
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, string Value)> Leaves(string name, JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(name.Length == 0 ? m.Key : $"{name}.{m.Key}", m.Value)),
        null => [(name, "off")],
        JsonValue value => [(name, value.ToString())],
        _ => [(name, node.ToJsonString())],
    };
}
