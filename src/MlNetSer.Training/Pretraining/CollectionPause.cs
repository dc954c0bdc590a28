using System.Runtime;

namespace MlNetSer.Training;

/// <summary>
/// Keeps the garbage collector away while TorchSharp computes. TorchSharp 0.107 hands numbers to libtorch through objects with a finaliser
/// (<c>TorchSharp.Scalar</c>) that nothing keeps alive during the call: a collection at that moment frees a number that libtorch is about
/// to read. Seen once in some hundreds of steps on a busy machine; it ends the run or changes its result.
/// </summary>
/// <remarks>
/// One pause at a time in a process; a second one does nothing. A process that allocates more than <see cref="Budget"/> during a step ends the
/// pause early, without harm but without protection for the rest of that step.
/// </remarks>
internal readonly struct CollectionPause : IDisposable
{
    /// <summary>Bytes that may be allocated during a pause; a step and its prefetching need less than 1 MB.</summary>
    internal const long Budget = 64 << 20;

    private static int paused;

    private readonly bool _begun;

    private CollectionPause(bool begun) => _begun = begun;

    /// <summary>Begins a pause, which lasts until it is disposed of.</summary>
    public static CollectionPause Begin()
    {
        if (Interlocked.Exchange(ref paused, 1) == 1) return default;
        try
        {
            GC.TryStartNoGCRegion(Budget);
        }
        catch (InvalidOperationException)
        {
            // The application keeps the collector away itself.
        }
        return new CollectionPause(begun: true);
    }

    /// <summary>Ends the pause.</summary>
    public void Dispose()
    {
        if (!_begun) return;
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between, when the budget was used up.
        }
        Volatile.Write(ref paused, 0);
    }
}
