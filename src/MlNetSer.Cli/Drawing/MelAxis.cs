using System.Globalization;
using MlNetSer.Onnx;
using ScottPlot;

namespace MlNetSer.Cli;

/// <summary>Frequencies in Hz along mel bands.</summary>
internal static class MelAxis
{
    private static readonly double[] Ticks = [200, 500, 1000, 2000, 5000, 10_000, 20_000];

    /// <summary>Where round frequencies lie, in bands from the lower end of the lowest.</summary>
    public static IEnumerable<(double Band, string Label)> TicksOf(LogMelSettings settings)
    {
        double[] centres = [.. Enumerable.Range(0, settings.MelBands).Select(settings.CentreFrequency)];
        foreach (var hertz in Ticks.Where(t => t >= centres[0] && t <= centres[^1]))
        {
            var above = Array.FindIndex(centres, c => c >= hertz);
            var within = above == 0 ? 0 : (hertz - centres[above - 1]) / (centres[above] - centres[above - 1]) - 1;
            yield return (above + within + 0.5, hertz >= 1000 ? $"{hertz / 1000:0}k" : hertz.ToString("0", CultureInfo.InvariantCulture));
        }
    }

    public static void Apply(Plot plot, LogMelSettings settings)
    {
        var ticks = TicksOf(settings).ToArray();
        plot.Axes.Left.SetTicks([.. ticks.Select(t => t.Band)], [.. ticks.Select(t => t.Label)]);
        plot.Axes.Left.Label.Text = "Hz";
        plot.Axes.Bottom.Label.Text = "seconds";
    }
}
