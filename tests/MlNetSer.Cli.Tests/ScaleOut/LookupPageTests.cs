using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>The page on looking sounds up: its SQL, run by DuckDB on parts, finds what the tool finds, and its C# runs.</summary>
public sealed partial class LookupPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_pages_SQL_finds_what_the_tool_finds()
    {
        var sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 6);
        var first = Directory.GetFiles(sounds, "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        File.Move(first, Path.Combine(sounds, "a.wav"));
        File.Copy(Path.Combine(sounds, "a.wav"), Path.Combine(sounds, "copy.wav"));
        SoundsOnDisk.Bad(Path.Combine(sounds, "text.wav"));
        var parts = _folder.File("parts");
        foreach (var shard in (string[])["0/2", "1/2"]) InProcess.Succeeds("embed", "--data", sounds, "--out", parts, "--shard", shard);
        var found = _folder.File("found.csv");
        InProcess.Succeeds("similar", "--index", parts, "--query", Path.Combine(sounds, "a.wav"), "--out", found);

        var page = File.ReadAllText(Repository.File("notebooks", "scale-out", "lookup.md"));
        var statements = SqlBlock().Matches(page).SelectMany(b => b.Groups[1].Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
        Assert.Equal(3, statements.Length);
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        var neighbours = Query(statements[0]);
        Assert.Equal(File.ReadAllLines(found).Skip(1), neighbours.Select(r => FormattableString.Invariant($"{Path.Combine(sounds, "a.wav")},{r[0]},{r[1]},{r[2]:0.0000}")));
        var copies = Assert.Single(Query(statements[1]));
        Assert.Equal((2L, Path.Combine(sounds, "a.wav")), ((long)copies[1], (string)copies[2]));
        Assert.Equal(Path.Combine(sounds, "text.wav"), Assert.Single(Query(statements[2]))[0]);

        object[][] Query(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql.Replace("'parts/", $"'{parts}/", StringComparison.Ordinal);
            using var reader = command.ExecuteReader();
            var rows = new List<object[]>();
            while (reader.Read())
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }
            return [.. rows];
        }
    }

    [Fact]
    public void The_pages_csharp_runs()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 2);
        CSharpProgram.RunBlocksOf(_folder.Path, "notebooks", "scale-out", "lookup.md");
    }

    [GeneratedRegex(@"^```sql\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex SqlBlock();
}
