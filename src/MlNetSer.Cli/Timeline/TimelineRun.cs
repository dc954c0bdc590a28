using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>The work of <c>predict --timeline</c>: probabilities and events over the time of each recording, one after the other.</summary>
internal sealed class TimelineRun(TimelineArguments arguments, Screen screen, CancellationToken cancellation)
{
    private const int MostEvents = 40;

    public int Run()
    {
        if (arguments.EventsFile is { } output) AtomicFile.Require(output);
        using var predictor = new SoundPredictor(arguments.Model);
        string[] paths = [.. SoundArguments.Read(arguments.Data).Select(s => s.Path)];
        PerRecording audacity = new(arguments.Audacity, "--audacity", ".txt", paths), png = new(arguments.Png, "--png", ".png", paths);
        var events = new List<(string Path, SoundEvent Event)>();
        var recordings = new List<object>();
        var unreadable = new List<UnreadableSound>();
        if (arguments.ProbabilitiesFile is { } file)
            CsvRows.Write(file, TimelineFiles.ProbabilityHeader(predictor.Labels), write => Listen((path, moment) => write(TimelineFiles.ProbabilityRow(path, moment))));
        else
            Listen((_, _) => { });
        screen.Json(recordings);
        if (arguments.EventsFile is { } table)
        {
            CsvRows.Write(table, TimelineFiles.EventHeader, events.Select(e => TimelineFiles.EventRow(e.Path, e.Event)));
            screen.Line($"{events.Count} events: {table}");
        }
        return Tool.Success;

        void Listen(Action<string, TimelinePrediction> each)
        {
            foreach (var path in paths)
            {
                try
                {
                    var (found, overview) = Timeline(predictor, path, moment => each(path, moment));
                    events.AddRange(found.Select(e => (path, e)));
                    recordings.Add(new { Path = path, overview.Seconds, Events = found });
                    Show(path, found, overview);
                    if (audacity.Of(path) is { } track) TimelineFiles.WriteAudacity(track, found);
                    if (png.Of(path) is { } chart) TimelineChart.Save(chart, Path.GetFileName(path), overview, found);
                }
                catch (Audio.SoundFileException e) when (paths.Length > 1)
                {
                    unreadable.Add(new(path, e.Message));
                }
            }
            SkippedSounds.Report(screen, unreadable, paths.Length);
        }
    }

    private (IReadOnlyList<SoundEvent> Events, TimelineOverview Overview) Timeline(SoundPredictor predictor, string path, Action<TimelinePrediction> each)
    {
        var overview = new TimelineOverview(predictor.Labels);
        double seconds;
        using (var reader = Audio.SoundFile.Open(path)) seconds = (double)(reader.Frames ?? 0) / reader.SampleRate;
        var events = screen.Progress(Path.GetFileName(path), progress => SoundEvents.Find(
            predictor.PredictFileTimeline(path, arguments.HopMilliseconds, cancellation).Select(moment =>
            {
                each(moment);
                overview.Add(moment);
                progress.Report(new(moment.Offset, Math.Max(seconds, moment.Offset)));
                return moment;
            }),
            predictor.Labels,
            arguments.Events));
        return (events, overview);
    }

    private void Show(string path, IReadOnlyList<SoundEvent> events, TimelineOverview overview)
    {
        screen.Line($"{path}: {TimelinePlot.Clock(overview.Seconds)}, {events.Count} events");
        screen.Line();
        foreach (var line in TimelinePlot.Lines(overview, screen.Width)) screen.Line(line);
        screen.Line();
        if (events.Count == 0) return;
        screen.Table(
            ["label", "from", "to", "score"],
            events.Take(MostEvents).Select(e => (IReadOnlyList<string>)
            [
                e.Label, TimelinePlot.Clock(e.Onset), TimelinePlot.Clock(e.Offset), e.Score.ToString("0.000", CultureInfo.InvariantCulture),
            ]));
        if (events.Count > MostEvents) screen.Line($"and {events.Count - MostEvents} more: --out writes them all");
        screen.Line();
    }
}
