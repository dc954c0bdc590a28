using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>Columns path and label (strings) and embedding (list of float), as pandas, Polars and DuckDB read them.</summary>
internal static class ParquetEmbeddings
{
    /// <summary>A row group is held in memory: of 512 numbers a row it takes 8 MB.</summary>
    private const int RowGroup = 4096;

    public static async Task Write(Stream stream, IEnumerable<EmbeddingRow> rows, CancellationToken cancellation)
    {
        DataField<string> path = new("path", nullable: false), label = new("label", nullable: false);
        var item = new DataField<float>("element", nullable: false);
        var schema = new ParquetSchema(path, label, new ListField("embedding", item));
        await using var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: cancellation).ConfigureAwait(false);
        foreach (var chunk in rows.Chunk(RowGroup))
        {
            cancellation.ThrowIfCancellationRequested();
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(path, chunk.Select(r => r.Path).ToArray()).ConfigureAwait(false);
            await group.WriteAsync(label, chunk.Select(r => r.Label).ToArray()).ConfigureAwait(false);
            float[] values = [.. chunk.SelectMany(r => r.Embedding)];
            // Parquet's marks of where a list begins (0) and goes on (1).
            int[] repetitions = [.. chunk.SelectMany(r => r.Embedding.Select((_, i) => i == 0 ? 0 : 1))];
            await group.WriteAsync<float>(item, values, repetitions, cancellationToken: cancellation).ConfigureAwait(false);
            group.CompleteValidate();
        }
    }
}
