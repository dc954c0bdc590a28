using MlNetSer.NotebookHost;
using MlNetSer.Packages.Tests.Notebooks;

namespace MlNetSer.Packages.Tests;

/// <summary>Each notebook in <c>notebooks/</c> is the app beside it, cell by cell, and what it shows is what comes out today.</summary>
public sealed class NotebookTests(NotebookFixture fixture) : IClassFixture<NotebookFixture>
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
}
