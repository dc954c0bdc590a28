using System.Globalization;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>Columns path, label, e0, e1 ...; numbers with as many digits as give the same float back.</summary>
internal static class CsvEmbeddings
{
    public static void Write(Stream stream, int embeddingSize, IEnumerable<EmbeddingRow> rows, CancellationToken cancellation)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write("path,label");
        for (var i = 0; i < embeddingSize; i++) writer.Write($",e{i}");
        writer.Write('\n');
        var line = new StringBuilder();
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            line.Clear().Append(CsvField.Quoted(row.Path)).Append(',').Append(CsvField.Quoted(row.Label));
            foreach (var value in row.Embedding) line.Append(CultureInfo.InvariantCulture, $",{value}");
            writer.Write(line.Append('\n'));
        }
    }
}
