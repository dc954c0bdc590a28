namespace MlNetSer;

/// <summary>The most similar rows of those that several threads come up with.</summary>
internal sealed class BestRows(int count, float atLeast)
{
    private readonly Lock _lock = new();

    /// <summary>The one that has to go next comes first: the least similar, and of equals the one with the largest number.</summary>
    private readonly PriorityQueue<long, (float Similarity, long NegatedRow)> _rows = new();

    private volatile float _least = atLeast;

    /// <summary>What is less similar than this need not be added.</summary>
    public float Least => _least;

    public void Add(long row, float similarity)
    {
        lock (_lock)
        {
            if (_rows.Count < count) _rows.Enqueue(row, (similarity, -row));
            else _rows.EnqueueDequeue(row, (similarity, -row));
            if (_rows.Count == count && _rows.TryPeek(out _, out var worst)) _least = worst.Similarity;
        }
    }

    public Neighbour[] ToArray()
    {
        lock (_lock)
        {
            return [.. _rows.UnorderedItems.OrderByDescending(r => r.Priority).Select(r => new Neighbour(r.Element, r.Priority.Similarity))];
        }
    }
}
