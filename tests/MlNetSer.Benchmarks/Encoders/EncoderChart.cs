using MlNetSer.Cli;
using ScottPlot;

namespace MlNetSer.Benchmarks;

/// <summary>Accuracy against speed, a point for each encoder.</summary>
internal static class EncoderChart
{
    internal static void Save(string path, IReadOnlyList<EncoderFigures> encoders)
    {
        using var plot = ChartStyle.NewPlot("Linear evaluation against speed on one thread");
        foreach (var encoder in encoders)
        {
            var isTrained = !encoder.Name.EndsWith("untrained", StringComparison.Ordinal);
            var point = plot.Add.Marker(encoder.Speed, 100 * encoder.Linear, isTrained ? MarkerShape.FilledCircle : MarkerShape.OpenCircle, 10);
            point.Color = Colors.Black;
            var text = plot.Add.Text(encoder.Name, encoder.Speed, 100 * encoder.Linear);
            text.LabelFontSize = 13;
            text.OffsetX = 9;
            text.OffsetY = -9;
        }
        plot.Axes.Bottom.Label.Text = "seconds of sound per second";
        plot.Axes.Left.Label.Text = "accuracy in %";
        // Room for the names, which stand to the right of their points.
        plot.Axes.SetLimits(0, 1.35 * encoders.Max(e => e.Speed), 100 * encoders.Min(e => e.Linear) - 3, 100 * encoders.Max(e => e.Linear) + 3);
        PngFile.Write(path, plot.GetImage(900, 520));
    }
}
