using System.Text.Json;
using System.Text.RegularExpressions;
using MlNetSer.NotebookHost;
using MlNetSer.Packages.Tests.Notebooks;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests;

/// <summary>Each notebook in <c>notebooks/</c> is the app beside it, cell by cell, and what it shows is what comes out today.</summary>
public sealed partial class NotebookTests(NotebookFixture fixture) : IClassFixture<NotebookFixture>
{
    /// <summary>With this variable set to 1 the notebooks are written anew instead.</summary>
    private const string SaveVariable = "MLNETSER_SAVE_NOTEBOOKS";

    public static TheoryData<string> Names => [.. NotebookSource.All.Select(source => source.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_cells_and_outputs_are_what_the_app_gives_today(string name)
    {
        var source = NotebookSource.All.Single(s => s.Name == name);
        var (cells, program) = fixture.Run(source);
        Assert.Equal(string.Concat(cells.SelectMany(c => c.Outputs).Where(o => o.MimeType == CellOutput.Text).Select(o => o.Content)), program);
        if (Environment.GetEnvironmentVariable(SaveVariable) == "1")
        {
            NotebookFile.Write(source.NotebookPath, cells);
            return;
        }

        var saved = NotebookFile.Read(source.NotebookPath);
        Assert.Equal(cells.Select(c => (c.IsCode, c.Source)), saved.Select(c => (c.IsCode, c.Source)));
        foreach (var (cell, now) in saved.Zip(cells))
            if (OutputComparison.Difference(cell.Outputs, now.Outputs) is { } difference) Assert.Fail($"{name}: {cell.Source}\n{difference}");
    }

    [Fact]
    public void An_app_runs_by_itself_and_leaves_its_pictures_as_files()
    {
        using var folder = new TemporaryFolder();
        var source = NotebookSource.All.Single(s => s.Name == "look-inside");
        var outputs = NotebookFile.Read(source.NotebookPath).SelectMany(cell => cell.Outputs).ToLookup(output => output.MimeType, output => output.Content);

        var program = DotNet.RunApp(folder.Path, source.AppPath);

        Assert.Null(OutputComparison.TextDifference(string.Concat(outputs[CellOutput.Text]), program));
        foreach (var (picture, number) in outputs[NotebookFile.Picture].Select((p, i) => (p, i + 1)))
        {
            var written = File.ReadAllBytes(folder.File($"picture-{number}.png"));
            Assert.Null(OutputComparison.PictureDifference(picture, Convert.ToBase64String(written)));
        }
    }

    [Fact]
    public void The_same_in_javascript_prints_what_the_cell_before_it_prints()
    {
        var modules = Repository.File("tests", "MlNetSer.Training.Tests", "Export", "javascript", "node_modules");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules, "onnxruntime-node")),
            "NOT RUN: needs onnxruntime-node. Install it (npm ci in tests/MlNetSer.Training.Tests/Export/javascript).");
        var source = NotebookSource.All.Single(s => s.Name == "ship-the-onnx");
        var (cells, _) = fixture.Run(source);
        var script = cells.Select(cell => JavaScript().Match(cell.Source)).Single(match => match.Success);
        var before = cells.TakeWhile(cell => !JavaScript().IsMatch(cell.Source)).Last().Outputs.Single().Content;

        var path = Path.Combine(fixture.FolderOf(source), "embed.cjs");
        File.WriteAllText(path, $"module.paths.push({JsonSerializer.Serialize(modules)});\n{script.Groups["code"].Value}");
        Assert.Null(OutputComparison.TextDifference(before, DotNet.Run(fixture.FolderOf(source), "node", path)));
    }

    [Theory]
    [InlineData("loss 1.90, 3 epochs", "loss 1.95, 3 epochs", true)]
    [InlineData("loss 1.90, 3 epochs", "loss 2.50, 3 epochs", false)]
    [InlineData("loss 1.90, 3 epochs", "loss 1.90, 4 epochs", false)]
    [InlineData("loss 1.90, 3 epochs", "lost 1.90, 3 epochs", false)]
    [InlineData("loss 1.90", "loss 1.90 1.90", false)]
    [InlineData("of the sounds 16.7 %", "of the sounds 29.2 %", true)]
    [InlineData("of the sounds 16.7 %", "of the sounds 33.3 %", false)]
    [InlineData("of the sounds 16.7 %", "of the sounds 16.7", false)]
    [InlineData("of the sounds 16 %", "of the sounds 15 %", false)]
    public void Texts_may_differ_in_what_rounding_and_training_can_change(string saved, string now, bool same) =>
        Assert.Equal(same, OutputComparison.TextDifference(saved, now) is null);

    [Fact]
    public void Pictures_may_differ_in_their_fonts_but_not_in_what_they_show()
    {
        var saved = Draw(640, 40, "Sans");
        Assert.Null(OutputComparison.PictureDifference(saved, Draw(640, 40, "Serif")));
        Assert.Contains("differs by", OutputComparison.PictureDifference(saved, Draw(640, 12, "Sans")), StringComparison.Ordinal);
        Assert.Contains("600 x 360", OutputComparison.PictureDifference(saved, Draw(600, 40, "Sans")), StringComparison.Ordinal);

        static string Draw(int width, int bars, string font)
        {
            var plot = new ScottPlot.Plot();
            plot.Font.Set(font);
            plot.Title("loss of an epoch");
            plot.Add.Heatmap(new double[,] { { bars, 20, 3 }, { 1, 30, bars } });
            return Convert.ToBase64String(plot.GetImageBytes(width, 360, ScottPlot.ImageFormat.Png));
        }
    }

    [GeneratedRegex(@"^```javascript\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex JavaScript();
}
