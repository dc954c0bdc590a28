using System.Text;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>Predictions as a CSV file.</summary>
internal static class CsvPredictions
{
    public static void Write(string path, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var row in rows.Prepend(header)) writer.WriteLine(string.Join(',', row.Select(CsvField.Quoted)));
    });
}
