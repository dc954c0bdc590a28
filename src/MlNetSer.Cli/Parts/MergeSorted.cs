namespace MlNetSer.Cli;

/// <summary>Sorted sequences as one, without holding any of them.</summary>
internal static class MergeSorted
{
    /// <summary>Merges sequences that are each in ordinal order of a key.</summary>
    public static IEnumerable<T> ByKey<T>(IEnumerable<IEnumerable<T>> sequences, Func<T, string> key)
    {
        var heads = new PriorityQueue<IEnumerator<T>, string>(StringComparer.Ordinal);
        try
        {
            foreach (var sequence in sequences) Push(sequence.GetEnumerator());
            while (heads.TryDequeue(out var head, out _))
            {
                yield return head.Current;
                Push(head);
            }
        }
        finally
        {
            while (heads.TryDequeue(out var head, out _)) head.Dispose();
        }

        void Push(IEnumerator<T> sequence)
        {
            if (sequence.MoveNext()) heads.Enqueue(sequence, key(sequence.Current));
            else sequence.Dispose();
        }
    }
}
