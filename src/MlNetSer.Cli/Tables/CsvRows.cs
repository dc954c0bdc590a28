using System.Text;

namespace MlNetSer.Cli;

/// <summary>Rows of text as a CSV file, which appears under its name once it is whole; if anything fails, the previous one stays.</summary>
internal static class CsvRows
{
    public static void Write(string path, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) => Write(path, header, write =>
    {
        foreach (var row in rows) write(row);
    });

    /// <summary>The same for rows that come while something else is done.</summary>
    public static void Write(string path, IReadOnlyList<string> header, Action<Action<IReadOnlyList<string>>> work) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        WriteRow(header);
        work(WriteRow);

        void WriteRow(IReadOnlyList<string> row) => writer.WriteLine(string.Join(',', row.Select(CsvField.Quoted)));
    });
}
