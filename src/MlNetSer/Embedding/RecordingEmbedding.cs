namespace MlNetSer;

/// <summary>A whole sound file.</summary>
/// <param name="Seconds">How long it is, as decoded.</param>
/// <param name="Vector">The embedding of the whole, pooled from those of its patches as the model does it.</param>
/// <param name="Patches">Its patch embeddings in order of time, or null if they were not asked for.</param>
internal sealed record RecordingEmbedding(double Seconds, float[] Vector, IReadOnlyList<TimestampEmbedding>? Patches);
