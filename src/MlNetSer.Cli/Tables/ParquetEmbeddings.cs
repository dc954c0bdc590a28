using System.Text.Json.Serialization;
using Parquet;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;

namespace MlNetSer.Cli;

/// <summary>Columns path and label (strings) and embedding (list of float), as pandas, Polars and DuckDB read them.</summary>
internal static class ParquetEmbeddings
{
    /// <summary>A row group is held in memory: of 512 numbers a row it takes 8 MB.</summary>
    private const int RowGroup = 4096;

    public static void Write(Stream stream, IEnumerable<EmbeddingRow> rows, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation)
    {
        // A search reads floats as they lie in the file, and they hardly get smaller by compression.
        var options = new ParquetOptions { RowGroupSize = RowGroup, CompressionMethod = CompressionMethod.None };
        ParquetSerializer.SerializeAsync(rows.Select(Row.Of), stream, options, metadata, cancellation).GetAwaiter().GetResult();
    }

    private sealed class Row
    {
        [JsonPropertyName("path")]
        [ParquetRequired]
        public string Path { get; set; } = "";

        [JsonPropertyName("label")]
        [ParquetRequired]
        public string Label { get; set; } = "";

        [JsonPropertyName("embedding")]
        [ParquetRequired]
        public List<float> Embedding { get; set; } = [];

        public static Row Of(EmbeddingRow row) => new() { Path = row.Path, Label = row.Label, Embedding = [.. row.Embedding] };
    }
}
