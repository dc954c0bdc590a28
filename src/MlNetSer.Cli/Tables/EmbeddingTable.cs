namespace MlNetSer.Cli;

/// <summary>Embeddings as a file for other programs, by its extension .csv or .parquet.</summary>
internal static class EmbeddingTable
{
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".parquet"];

    public static bool CanWrite(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Writes the rows as they come. The file appears under its name once it is whole; if anything fails, the previous one stays.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="embeddingSize">Length of an embedding.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="metadata">What a Parquet file says about itself.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Write(
        string path, int embeddingSize, IEnumerable<EmbeddingRow> rows, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation) =>
        AtomicFile.Write(path, stream =>
        {
            if (Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase)) ParquetEmbeddings.Write(stream, rows, metadata, cancellation);
            else CsvEmbeddings.Write(stream, embeddingSize, rows, cancellation);
        });
}
