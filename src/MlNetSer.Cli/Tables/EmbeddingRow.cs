namespace MlNetSer.Cli;

/// <summary>A sound and its embedding, as tables hold them.</summary>
internal readonly record struct EmbeddingRow(string Path, string Label, float[] Embedding);
