using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>Probabilities over time as text: a line of bars for each label, over an axis of time.</summary>
internal static class TimelinePlot
{
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const int MostLabels = 12;
    private const int MostLabelWidth = 24;
    private const double LeastPeak = 0.05;

    /// <summary>Draws the labels that are heard at all, the most probable ones where there are many.</summary>
    public static IEnumerable<string> Lines(TimelineOverview timeline, int width)
    {
        int[] heard = [.. Enumerable.Range(0, timeline.Labels.Count).Where(i => timeline.Peak(i) >= LeastPeak)];
        if (heard.Length == 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"No label ever has a probability of {100 * LeastPeak:0} %.");
            yield break;
        }
        int[] shown = [.. heard.OrderByDescending(timeline.Peak).Take(MostLabels).Order()];
        var names = Math.Min(MostLabelWidth, shown.Max(i => timeline.Labels[i].Length));
        var columns = Math.Max(20, width - names - 9);
        yield return new string(' ', names + 2) + Axis(timeline.Seconds, columns);
        foreach (var label in shown)
        {
            var bars = string.Concat(timeline.Row(label, columns).Select(p => Bars[(int)Math.Round(p * (Bars.Length - 1))]));
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{Shortened(timeline.Labels[label], names).PadRight(names)} ▕{bars}▏{100 * timeline.Peak(label),3:0} %");
        }
        if (heard.Length > shown.Length) yield return $"and {heard.Length - shown.Length} more labels, less probable";
    }

    /// <summary>Seconds as a clock has them: 1:02:03.4, or 2:03.4 within the first hour.</summary>
    public static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds, 1));
        var hours = (int)time.TotalHours;
        return (hours > 0 ? $"{hours}:" : "") + time.ToString(hours > 0 ? @"mm\:ss\.f" : @"m\:ss\.f", CultureInfo.InvariantCulture);
    }

    /// <summary>Round times at their places.</summary>
    private static string Axis(double seconds, int columns)
    {
        const int Apart = 16;
        var axis = new char[columns + Apart];
        Array.Fill(axis, ' ');
        var step = Step(seconds * Apart / columns);
        for (var time = 0.0; time <= seconds; time += step)
        {
            var at = (int)(time / Math.Max(seconds, 1e-9) * columns);
            $"╷{Clock(time)}".CopyTo(axis.AsSpan(at));
        }
        return new string(axis).TrimEnd();
    }

    private static double Step(double least)
    {
        double[] steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
        return steps.Where(s => s >= least).DefaultIfEmpty(3600 * Math.Ceiling(least / 3600)).First();
    }

    private static string Shortened(string label, int width) => label.Length <= width ? label : label[..(width - 1)] + "…";
}
