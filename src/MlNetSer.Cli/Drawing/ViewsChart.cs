using System.Globalization;
using MlNetSer.Onnx;
using MlNetSer.Training;
using ScottPlot;
using ScottPlot.MultiplotLayouts;

namespace MlNetSer.Cli;

/// <summary>How the two views of a clip come about, as a picture: the clip, and a row of steps for each view.</summary>
internal static class ViewsChart
{
    private const int Rows = 3;
    private const int PlotWidth = 330;
    private const int PlotHeight = 260;

    public static void Save(string path, string title, ViewExample example, LogMelSettings settings)
    {
        var seconds = (double)settings.HopSize / settings.SampleRate;
        var range = RangeOf(example);
        ViewSteps[] views = [example.First, example.Second];
        var columns = example.First.Background is null ? 2 : 4;
        var grid = new CustomGrid();
        var pictures = new Multiplot { Layout = grid };

        var whole = Draw(title, example.Clip);
        foreach (var (view, number) in views.Select((v, i) => (v, i + 1)))
        {
            var (from, length) = (view.FirstFrame * seconds, view.Original.Frames * seconds);
            var frame = whole.Add.Rectangle(from, from + length, 0, settings.MelBands);
            frame.FillColor = Colors.Transparent;
            frame.LineColor = Colors.White;
            frame.LineWidth = 2;
            var text = whole.Add.Text($"{number}", from + (0.05 * length), settings.MelBands * 0.97);
            text.LabelFontColor = Colors.White;
            text.LabelFontSize = 15;
        }
        Place(whole, 0, 0, columns);

        var share = ((example.BackgroundShare ?? 0) * 100).ToString("0.0", CultureInfo.InvariantCulture);
        foreach (var (view, row) in views.Select((v, i) => (v, i + 1)))
        {
            List<(string Title, LogMelSpectrogram Picture)> steps = [($"patch {row}", view.Original)];
            if (view.Background is { } background)
                steps.AddRange([($"background: {Path.GetFileName(view.BackgroundPath)}", background), ($"mix with {share} % of it", view.Mix)]);
            steps.Add(($"view {row}", view.View));
            for (var c = 0; c < steps.Count; c++) Place(Draw(steps[c].Title, steps[c].Picture), row, c, 1);
        }
        PngFile.Write(path, pictures.Render(columns * PlotWidth, Rows * PlotHeight));

        Plot Draw(string name, LogMelSpectrogram picture)
        {
            var plot = ChartStyle.NewPlot(name);
            var values = new double[picture.Bands, picture.Frames];
            for (var band = 0; band < picture.Bands; band++)
            {
                for (var f = 0; f < picture.Frames; f++) values[picture.Bands - 1 - band, f] = picture[f, band];
            }
            ChartStyle.AddMap(plot, values, new(0, picture.Frames * seconds, 0, picture.Bands), range);
            MelAxis.Apply(plot, settings);
            return plot;
        }

        void Place(Plot plot, int row, int column, int span)
        {
            pictures.AddPlot(plot);
            grid.Set(plot, new GridCell(row, column, Rows, columns, 1, span));
        }
    }

    /// <summary>One scale for all pictures, from what only a few values of the clip are below.</summary>
    private static ScottPlot.Range RangeOf(ViewExample example)
    {
        float[] values = [.. example.Clip.Values.Order()];
        return new(values[values.Length / 50], values[^1]);
    }
}
