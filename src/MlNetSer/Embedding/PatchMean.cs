namespace MlNetSer;

/// <summary>The mean of embeddings that come a few at a time.</summary>
internal sealed class PatchMean(int embeddingSize)
{
    private readonly double[] _sums = new double[embeddingSize];
    private long _count;

    /// <summary>Takes whole embeddings, one after the other.</summary>
    public void Add(ReadOnlySpan<float> embeddings)
    {
        for (var i = 0; i < embeddings.Length; i++) _sums[i % embeddingSize] += embeddings[i];
        _count += embeddings.Length / embeddingSize;
    }

    public void Write(Span<float> destination)
    {
        for (var i = 0; i < embeddingSize; i++) destination[i] = (float)(_sums[i] / _count);
    }
}
