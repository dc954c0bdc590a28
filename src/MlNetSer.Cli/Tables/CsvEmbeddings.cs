using System.Globalization;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>Columns path, label, e0, e1 ...; numbers with as many digits as give the same float back.</summary>
internal static class CsvEmbeddings
{
    public static async Task Write(Stream stream, int embeddingSize, IEnumerable<EmbeddingRow> rows, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteAsync("path,label").ConfigureAwait(false);
        for (var i = 0; i < embeddingSize; i++) await writer.WriteAsync($",e{i}").ConfigureAwait(false);
        await writer.WriteAsync('\n').ConfigureAwait(false);
        var line = new StringBuilder();
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            line.Clear().Append(Quoted(row.Path)).Append(',').Append(Quoted(row.Label));
            foreach (var value in row.Embedding) line.Append(CultureInfo.InvariantCulture, $",{value}");
            await writer.WriteAsync(line.Append('\n'), cancellation).ConfigureAwait(false);
        }
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
