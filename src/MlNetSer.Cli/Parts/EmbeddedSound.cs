namespace MlNetSer.Cli;

/// <summary>A row of a part: a sound with its embedding, or with the reason why there is none.</summary>
/// <param name="Path">The file, as the list names it.</param>
/// <param name="Label">Its label, or "".</param>
/// <param name="ContentHash">SHA-256 of the file's bytes in hexadecimal digits; null if they cannot be read.</param>
/// <param name="ModelHash">SHA-256 of the model's file.</param>
/// <param name="Seconds">Length, as decoded; null if it cannot be.</param>
/// <param name="Embedding">The embedding, or null.</param>
/// <param name="Patches">The patch embeddings, or null if they were not asked for or there are none.</param>
/// <param name="Error">Why there is no embedding, in one line, or null.</param>
internal sealed record EmbeddedSound(
    string Path,
    string Label,
    string? ContentHash,
    string ModelHash,
    double? Seconds,
    float[]? Embedding,
    IReadOnlyList<TimestampEmbedding>? Patches,
    string? Error);
