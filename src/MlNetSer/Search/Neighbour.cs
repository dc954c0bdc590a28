namespace MlNetSer;

/// <summary>What a search found.</summary>
/// <param name="Row">The embedding's number.</param>
/// <param name="Similarity">Cosine of the angle between it and the query, in [-1, 1].</param>
public readonly record struct Neighbour(long Row, float Similarity);
