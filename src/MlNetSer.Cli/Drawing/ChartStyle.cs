using ScottPlot;
using ScottPlot.Plottables;
using SkiaSharp;

namespace MlNetSer.Cli;

/// <summary>How charts look.</summary>
internal static class ChartStyle
{
    private static readonly string[] PreferredFonts = ["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];

    static ChartStyle()
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet();
        if (Array.Find(PreferredFonts, installed.Contains) is { } font) Fonts.Default = font;
    }

    public static Plot NewPlot(string title)
    {
        var plot = new Plot();
        plot.HideGrid();
        plot.Title(title, size: 15);
        foreach (var axis in (IAxis[])[plot.Axes.Left, plot.Axes.Bottom])
        {
            axis.Label.FontSize = 13;
            axis.Label.Bold = false;
        }
        return plot;
    }

    /// <summary>Adds values as colours.</summary>
    /// <param name="plot">Where.</param>
    /// <param name="values">Two columns at least; the first row is at the top.</param>
    /// <param name="area">What they fill.</param>
    /// <param name="range">The values of the first and of the last colour.</param>
    public static Heatmap AddMap(Plot plot, double[,] values, CoordinateRect area, ScottPlot.Range range)
    {
        if (values.GetLength(0) == 1)
        {
            // The library places cells by the middles of the first and the last, so it needs two.
            var columns = values.GetLength(1);
            var twice = new double[2, columns];
            for (var c = 0; c < columns; c++) twice[0, c] = twice[1, c] = values[0, c];
            values = twice;
        }
        var (height, width) = (area.Height / values.GetLength(0) / 2, area.Width / values.GetLength(1) / 2);
        var map = plot.Add.Heatmap(values);
        map.Position = new(area.Left + width, area.Right - width, area.Bottom + height, area.Top - height);
        // From little to much; told apart in grey and by the colour-blind as well.
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        map.ManualRange = range;
        plot.Axes.SetLimits(area);
        return map;
    }
}
