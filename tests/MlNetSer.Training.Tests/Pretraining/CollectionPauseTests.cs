namespace MlNetSer.Training.Tests;

/// <summary>The collector belongs to the whole process, so nothing else may run beside these.</summary>
[CollectionDefinition(nameof(CollectionPauseTests), DisableParallelization = true)]
public sealed class CollectorAlone;

[Collection(nameof(CollectionPauseTests))]
public class CollectionPauseTests
{
    [Fact]
    public void Nothing_is_collected_during_a_pause()
    {
        var (during, finalised) = Allocate(paused: true);
        Assert.Equal(0, during);
        Assert.Equal(0, finalised);
    }

    [Fact]
    public void What_is_collected_without_a_pause_shows_that_the_test_would_notice()
    {
        var (during, _) = Allocate(paused: false);
        Assert.NotEqual(0, during);
    }

    [Fact]
    public void A_pause_within_a_pause_and_one_after_it_do_no_harm()
    {
        using (CollectionPause.Begin())
        {
            using (CollectionPause.Begin())
            {
            }
            Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
        }
        Assert.NotEqual(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
        using (CollectionPause.Begin()) Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
    }

    [Fact]
    public void Pauses_that_overlap_last_until_the_last_one_ends()
    {
        var first = CollectionPause.Begin();
        var second = CollectionPause.Begin();
        first.Dispose();
        Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
        second.Dispose();
        Assert.NotEqual(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
    }

    [Fact]
    public void A_pause_that_allocation_or_the_application_ended_is_ended_without_an_error()
    {
        using (CollectionPause.Begin())
        {
            GC.Collect();
            Allocate(4 * (int)CollectionPause.Budget);
        }
        using (CollectionPause.Begin()) Assert.Equal(System.Runtime.GCLatencyMode.NoGCRegion, System.Runtime.GCSettings.LatencyMode);
    }

    private static (int Collections, int Finalised) Allocate(bool paused)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var pause = paused ? CollectionPause.Begin() : default;
        var (collections, finalised) = (GC.CollectionCount(0), Finalisable.Count);
        for (var i = 0; i < 1_000; i++) _ = new Finalisable();
        // Less than the budget, and many times what makes the collector run otherwise.
        Allocate((int)CollectionPause.Budget / 2);
        if (!paused) GC.Collect(0);
        return (GC.CollectionCount(0) - collections, Finalisable.Count - finalised);
    }

    private static void Allocate(int bytes)
    {
        const int Piece = 4_096;
        for (var i = 0; i < bytes / Piece; i++) GC.KeepAlive(new byte[Piece]);
    }

    private sealed class Finalisable
    {
        private static int count;

        public static int Count => Volatile.Read(ref count);

        ~Finalisable() => Interlocked.Increment(ref count);
    }
}
