using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>What a part says about itself, in its file's metadata.</summary>
/// <param name="Shard">Which part of how many.</param>
/// <param name="ModelName">The encoder's name.</param>
/// <param name="ModelHash">SHA-256 of its file.</param>
/// <param name="EmbeddingSize">Length of an embedding.</param>
/// <param name="Patches">Whether there are patch embeddings.</param>
/// <param name="SoundsHash">SHA-256 of the list of sounds that the part is of.</param>
internal sealed record PartDescription(Shard Shard, string ModelName, string ModelHash, int EmbeddingSize, bool Patches, string SoundsHash)
{
    private const string Prefix = "mlnetser.";

    public Dictionary<string, string> ToMetadata() => new(EncoderIdentity.ToMetadata(ModelName, ModelHash))
    {
        [Prefix + "shard"] = Shard.ToString(),
        [Prefix + "embedding_size"] = EmbeddingSize.ToString(CultureInfo.InvariantCulture),
        [Prefix + "patches"] = Patches ? "true" : "false",
        [Prefix + "sounds_hash"] = SoundsHash,
    };

    /// <summary>The description, or null if the file is no part.</summary>
    public static PartDescription? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        string? Value(string name) => metadata.GetValueOrDefault(Prefix + name);
        return Shard.TryParse(Value("shard")) is { } shard && EncoderIdentity.FromMetadata(metadata) is { } model
            && int.TryParse(Value("embedding_size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new(shard, model.Name, model.Hash, size, Value("patches") == "true", Value("sounds_hash") ?? "")
            : null;
    }
}
