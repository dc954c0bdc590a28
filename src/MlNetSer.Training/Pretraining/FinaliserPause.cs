using System.Runtime.CompilerServices;

namespace MlNetSer.Training;

/// <summary>
/// Keeps finalisers from running while TorchSharp computes. TorchSharp 0.107 hands numbers to libtorch through objects with a finaliser
/// (<c>TorchSharp.Scalar</c>) that nothing keeps alive during the call: a collection at that moment frees a number that libtorch is about
/// to read. Seen once in some hundreds of steps on a busy machine; it ends the run or changes its result.
/// </summary>
/// <remarks>
/// All finalisers run on one thread, one after the other, and a pause holds that thread in one of them. Collections go on, so memory may be
/// allocated as usual: keeping the collector itself away works only up to an amount that is fixed beforehand, and a thread that synthesises
/// sound meanwhile allocates more. Pauses may overlap, within a thread and between threads: finalisers run again when the last one ends.
/// </remarks>
internal readonly struct FinaliserPause : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private static readonly Lock Gate = new();
    private static int pauses;
    private static Door? door;

    private readonly bool _begun;

    private FinaliserPause(bool begun) => _begun = begun;

    /// <summary>Begins a pause, which lasts until it is disposed of. Returns as soon as no finaliser runs any more.</summary>
    public static FinaliserPause Begin()
    {
        lock (Gate)
        {
            if (pauses++ == 0) Hold(door = new Door());
            return new FinaliserPause(begun: true);
        }
    }

    /// <summary>Ends the pause.</summary>
    public void Dispose()
    {
        if (!_begun) return;
        lock (Gate)
        {
            if (--pauses == 0) door!.Open.Set();
        }
    }

    private static void Hold(Door door)
    {
        // Whether the youngest garbage is all that must be collected is the runtime's affair: a visitor may outlive a collection or two.
        for (var generation = 0; !door.Reached.IsSet; generation = Math.Min(generation + 1, GC.MaxGeneration))
        {
            Send(door);
            GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
            door.Reached.Wait(Patience);
        }
    }

    /// <remarks>Not inlined, so that no register or stack slot of the caller keeps the visitor alive.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Send(Door door) => GC.KeepAlive(new Visitor(door));

    /// <summary>Where the thread of the finalisers waits for the end of a pause. Each has its own: the next one is shut before the thread has left this one.</summary>
    private sealed class Door
    {
        public ManualResetEventSlim Reached { get; } = new(false);

        public ManualResetEventSlim Open { get; } = new(false);
    }

    private sealed class Visitor(Door door)
    {
        ~Visitor()
        {
            door.Reached.Set();
            door.Open.Wait();
        }
    }
}
