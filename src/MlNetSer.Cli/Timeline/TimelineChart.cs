using ScottPlot;

namespace MlNetSer.Cli;

/// <summary>Probabilities over time as a picture, with the events framed.</summary>
internal static class TimelineChart
{
    private const int Columns = 1200;
    private const int PixelsPerLabel = 26;

    public static void Save(string path, string title, TimelineOverview timeline, IReadOnlyList<SoundEvent> events)
    {
        var (labels, seconds) = (timeline.Labels, Math.Max(timeline.Seconds, 0.01));
        using var plot = ChartStyle.NewPlot(title);
        var values = new double[labels.Count, Columns];
        for (var i = 0; i < labels.Count; i++)
        {
            var row = timeline.Row(i, Columns);
            for (var c = 0; c < Columns; c++) values[i, c] = row[c];
        }
        var map = ChartStyle.AddMap(plot, values, new(0, seconds, 0, labels.Count), new(0, 1));
        // The first label is at the top.
        var heights = labels.Select((label, i) => (label, Bottom: labels.Count - 1 - i)).ToDictionary(l => l.label, l => l.Bottom);
        foreach (var e in events)
        {
            var frame = plot.Add.Rectangle(e.Onset, e.Offset, heights[e.Label], heights[e.Label] + 1);
            frame.FillColor = Colors.Transparent;
            frame.LineColor = Colors.White;
            frame.LineWidth = 2;
        }
        plot.Add.ColorBar(map).Label = "probability";
        plot.Axes.Left.SetTicks([.. heights.Values.Select(h => h + 0.5)], [.. heights.Keys]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.Label.Text = "seconds";
        PngFile.Write(path, plot.GetImage(Columns, 120 + (PixelsPerLabel * labels.Count)));
    }
}
