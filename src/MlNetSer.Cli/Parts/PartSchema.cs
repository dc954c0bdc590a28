using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>
/// The columns of a part. Parquet has no lists of fixed length: <c>embedding</c> is a list of as many floats in every row, or null. Nothing is
/// compressed (floats hardly are, and a search reads them as they lie in the file).
/// </summary>
internal sealed class PartSchema
{
    public PartSchema(bool patches)
    {
        Field[] ofPatches = patches ? [PatchMillisecondsList, PatchEmbeddingsList] : [];
        Parquet = new ParquetSchema([Path, Label, ContentHash, ModelHash, Duration, EmbeddingList, .. ofPatches, Error]);
        var lists = Parquet.DataFields.Where(f => f.MaxRepetitionLevel > 0).ToArray();
        Embedding = lists[0];
        if (patches) (PatchMilliseconds, PatchEmbeddings) = (lists[1], lists[2]);
    }

    public static ParquetOptions Options { get; } = Uncompressed();

    public ParquetSchema Parquet { get; }

    public DataField<string> Path { get; } = new("path", nullable: false);

    public DataField<string> Label { get; } = new("label", nullable: false);

    public DataField<string> ContentHash { get; } = new("content_hash", nullable: true);

    public DataField<string> ModelHash { get; } = new("model_hash", nullable: false);

    /// <summary>In seconds.</summary>
    public DataField<double> Duration { get; } = new("duration", nullable: true);

    public DataField Embedding { get; }

    /// <summary>The middle of each patch.</summary>
    public DataField? PatchMilliseconds { get; }

    public DataField? PatchEmbeddings { get; }

    public DataField<string> Error { get; } = new("error", nullable: true);

    private static ListField EmbeddingList => new("embedding", Element<float>());

    private static ListField PatchMillisecondsList => new("patch_milliseconds", Element<double>());

    private static ListField PatchEmbeddingsList => new("patch_embeddings", new ListField("element", Element<float>()));

    private static DataField<T> Element<T>() => new("element", nullable: false);

    private static ParquetOptions Uncompressed()
    {
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.None };
        options.ColumnEncodingHints["model_hash"] = EncodingHint.Dictionary;
        options.ColumnEncodingHints["label"] = EncodingHint.Dictionary;
        return options;
    }
}
