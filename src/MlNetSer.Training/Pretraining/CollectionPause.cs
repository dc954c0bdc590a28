using System.Runtime;

namespace MlNetSer.Training;

/// <summary>
/// Keeps the garbage collector away while TorchSharp computes. TorchSharp 0.107 hands numbers to libtorch through objects with a finaliser
/// (<c>TorchSharp.Scalar</c>) that nothing keeps alive during the call: a collection at that moment frees a number that libtorch is about
/// to read. Seen once in some hundreds of steps on a busy machine; it ends the run or changes its result.
/// </summary>
/// <remarks>
/// Pauses may overlap, within a thread and between threads: the collector comes back when the last one ends. A process that allocates more than
/// <see cref="Budget"/> meanwhile ends the pause early, without harm but without protection for the rest of it.
/// </remarks>
internal readonly struct CollectionPause : IDisposable
{
    /// <summary>Bytes that may be allocated during a pause; a step and its prefetching need less than 1 MB.</summary>
    internal const long Budget = 64 << 20;

    private static readonly Lock Gate = new();
    private static int pauses;

    private readonly bool _begun;

    private CollectionPause(bool begun) => _begun = begun;

    /// <summary>Begins a pause, which lasts until it is disposed of.</summary>
    public static CollectionPause Begin()
    {
        lock (Gate)
        {
            try
            {
                if (pauses++ == 0) GC.TryStartNoGCRegion(Budget);
            }
            catch (InvalidOperationException)
            {
                // The application keeps the collector away itself.
            }
            return new CollectionPause(begun: true);
        }
    }

    /// <summary>Ends the pause.</summary>
    public void Dispose()
    {
        if (!_begun) return;
        lock (Gate)
        {
            if (--pauses > 0) return;
            try
            {
                if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
            }
            catch (InvalidOperationException)
            {
                // It ended by itself in between, when the budget was used up.
            }
        }
    }
}
