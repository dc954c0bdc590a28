using System.Globalization;
using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Coverage;

/// <summary>Which lines under src/ were run, over any number of coverlet's results.</summary>
internal sealed class LineHits
{
    private readonly SortedDictionary<string, SortedDictionary<int, bool>> _files = new(StringComparer.Ordinal);

    /// <summary>Files as "MlNetSer.Audio/SoundFile.cs", and of each line with code whether it was run.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<int, bool>> Files => _files;

    /// <summary>Adds what coverlet found: module, file, class, method, and then its lines.</summary>
    /// <param name="results">A JSON file of coverlet's.</param>
    public void Add(string results)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(results));
        foreach (var file in json.RootElement.EnumerateObject().SelectMany(module => module.Value.EnumerateObject()))
        {
            var lines = Lines(Path.GetRelativePath(Repository.File("src"), file.Name).Replace('\\', '/'));
            foreach (var method in file.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject()))
            {
                foreach (var line in method.Value.GetProperty("Lines").EnumerateObject())
                {
                    // A line may belong to several methods, as one with a lambda does: it counts once, and reached if one of them was.
                    var number = int.Parse(line.Name, CultureInfo.InvariantCulture);
                    lines[number] = lines.GetValueOrDefault(number) || line.Value.GetInt32() > 0;
                }
            }
        }
    }

    private SortedDictionary<int, bool> Lines(string file) => _files.TryGetValue(file, out var lines) ? lines : _files[file] = [];
}
