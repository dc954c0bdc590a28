namespace MlNetSer;

/// <summary>Work on a list by several threads whose results come in the order of the list.</summary>
internal static class OrderedReadAhead
{
    /// <summary>Maps every item, working ahead of the caller by a few items per thread and no more.</summary>
    /// <typeparam name="TItem">The items' type.</typeparam>
    /// <typeparam name="TResult">The results' type.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="work">Called from the thread pool, by at most <paramref name="threads"/> threads at once.</param>
    /// <param name="threads">At least 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One result per item. Once enumeration ends, however it does, no work is under way any more.</returns>
    public static IEnumerable<TResult> Select<TItem, TResult>(
        IReadOnlyList<TItem> items, Func<TItem, CancellationToken, TResult> work, int threads, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var places = new SemaphoreSlim(threads);
        var ahead = new Queue<Task<TResult>>();
        var next = 0;
        try
        {
            while (true)
            {
                while (next < items.Count && ahead.Count < 4 * threads) ahead.Enqueue(Start(items[next++]));
                if (!ahead.TryPeek(out var first)) yield break;
                var result = first.GetAwaiter().GetResult();
                ahead.Dequeue();
                yield return result;
            }
        }
        finally
        {
            stop.Cancel();
            // Their failures concern items that nobody asks for any more.
            Task.WhenAll(ahead).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }

        async Task<TResult> Start(TItem item)
        {
            await places.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => work(item, stop.Token), stop.Token).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
    }
}
