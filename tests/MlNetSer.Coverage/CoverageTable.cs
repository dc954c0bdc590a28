using System.Globalization;

namespace MlNetSer.Coverage;

/// <summary>The share of lines that tests reach: by project, and what is missed.</summary>
/// <param name="hits">The lines.</param>
/// <param name="projects">The projects whose tests were run; others' lines are not told, though some were reached.</param>
internal sealed class CoverageTable(LineHits hits, IReadOnlyList<string> projects)
{
    /// <summary>Over the libraries' lines in all, from 0 to 100; 100 if no library's tests were run.</summary>
    public double LibrariesPercent => Total(LibraryFiles()) is ( > 0 and var lines, var reached) ? 100d * reached / lines : 100;

    /// <summary>Writes the table, and the files that miss the most lines.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| lines of | with code | reached | share |");
        output.WriteLine("|---|--:|--:|--:|");
        foreach (var project in projects.Where(TestProject.IsLibrary)) Row(project, FilesOf(project));
        Row("libraries in all, with what they share", LibraryFiles());
        foreach (var project in projects.Where(p => !TestProject.IsLibrary(p))) Row($"{project}, by its own tests", FilesOf(project));
        output.WriteLine();
        output.WriteLine("The most missed:");
        foreach (var (file, lines) in Told().OrderByDescending(f => f.Value.Values.Count(r => !r)).Take(12))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Values.Count(r => !r),5} of {lines.Count,4}  {file}"));

        void Row(string name, IEnumerable<KeyValuePair<string, SortedDictionary<int, bool>>> files)
        {
            if (Total(files) is ( > 0 and var lines, var reached))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {lines} | {reached} | {100d * reached / lines:0.0} % |"));
        }
    }

    /// <summary>Writes every line that was not reached: a file, and its lines.</summary>
    public void WriteUnreached(string path) => File.WriteAllLines(
        path,
        from file in Told()
        let missed = file.Value.Where(l => !l.Value).Select(l => l.Key).ToArray()
        where missed.Length > 0
        select $"{file.Key}: {string.Join(' ', missed)}");

    private static (int Lines, int Reached) Total(IEnumerable<KeyValuePair<string, SortedDictionary<int, bool>>> files)
    {
        var lines = files.SelectMany(f => f.Value.Values).ToArray();
        return (lines.Length, lines.Count(reached => reached));
    }

    private IEnumerable<KeyValuePair<string, SortedDictionary<int, bool>>> Told() => hits.Files.Where(f => !f.Key.Contains('/') || projects.Contains(Project(f.Key)));

    private IEnumerable<KeyValuePair<string, SortedDictionary<int, bool>>> FilesOf(string project) => hits.Files.Where(f => Project(f.Key) == project);

    /// <summary>Those of the libraries, and those that lie beside them to be compiled into several.</summary>
    private IEnumerable<KeyValuePair<string, SortedDictionary<int, bool>>> LibraryFiles() => Told().Where(f => TestProject.IsLibrary(Project(f.Key)));

    private static string Project(string file) => file.Split('/')[0];
}
