namespace MlNetSer;

/// <summary>What is heard around a moment of a recording.</summary>
/// <param name="Milliseconds">The middle of the patch, in milliseconds from the beginning of the recording.</param>
/// <param name="Vector">The patch's embedding.</param>
public sealed record TimestampEmbedding(double Milliseconds, IReadOnlyList<float> Vector);
