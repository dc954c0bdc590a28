using System.Text.Json;
using System.Text.RegularExpressions;
using MlNetSer.NotebookHost;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests.Notebooks;

/// <summary>Runs notebooks, each with its app in a process of its own, against the packed packages.</summary>
public sealed partial class NotebookFixture(PackageFolder packed) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<NotebookSource, (IReadOnlyList<NotebookCell> Cells, string Program)> _runs = [];
    private RestoredPackages? _packages;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a notebook and its app, once.</summary>
    /// <returns>The cells with what they displayed, and what the app wrote.</returns>
    internal (IReadOnlyList<NotebookCell> Cells, string Program) Run(NotebookSource source)
    {
        if (!_runs.TryGetValue(source, out var run)) _runs.Add(source, run = RunAnew(source));
        return run;
    }

    /// <summary>Where the app of a notebook ran, with what it left there.</summary>
    internal string FolderOf(NotebookSource source) => Path.Combine(_folder.Path, source.Name, "app");

    private (IReadOnlyList<NotebookCell> Cells, string Program) RunAnew(NotebookSource source)
    {
        _packages ??= new(packed, _folder.Path, NotebookSource.All.SelectMany(s => s.References));
        var packages = _packages.Closure(source.References);
        var code = source.Cells.Where(cell => cell.IsCode).ToArray();
        var program = new[] { source.AppPath, Repository.File("notebooks", "Picture.cs"), Repository.File("notebooks", "PictureFile.cs") };
        string folder = Path.Combine(_folder.Path, source.Name), job = _folder.File(source.Name, "job.json"), result = _folder.File(source.Name, "result.json");
        File.WriteAllText(job, JsonSerializer.Serialize(new HostJob(
            _packages.Assemblies(packages),
            _packages.NativeFolders(packages),
            [.. code.Select(cell => Reference().Replace(cell.Source, ""))],
            [.. program.Select(File.ReadAllText)],
            folder)));
        // From its own folder: beside the tests lie libraries that a notebook's host does not have.
        var host = Repository.File("tests", "MlNetSer.NotebookHost", "bin", PackageFolder.Configuration, "net10.0", "MlNetSer.NotebookHost.dll");
        DotNet.Run(folder, "dotnet", "exec", host, job, result);

        var ran = JsonSerializer.Deserialize<HostResult>(File.ReadAllText(result))!;
        var outputs = new Queue<IReadOnlyList<CellOutput>>(ran.Cells);
        return ([.. source.Cells.Select(cell => cell.IsCode ? cell with { Outputs = [.. outputs.Dequeue().Select(AsSaved)] } : cell)], ran.Program);
    }

    /// <summary>Pictures as every viewer of notebooks shows them, those that distrust HTML among them.</summary>
    private static CellOutput AsSaved(CellOutput output) =>
        Image().Match(output.Content) is { Success: true } image ? new(NotebookFile.Picture, image.Groups["data"].Value) : output;

    [GeneratedRegex("^#r \"nuget:.*$", RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex("^<img src=\"data:image/png;base64,(?<data>[^\"]+)\" />$")]
    private static partial Regex Image();
}
