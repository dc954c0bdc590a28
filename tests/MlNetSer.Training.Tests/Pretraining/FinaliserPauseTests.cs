namespace MlNetSer.Training.Tests;

/// <summary>Finalisers belong to the whole process, so nothing else may run beside these.</summary>
[CollectionDefinition(nameof(FinaliserPauseTests), DisableParallelization = true)]
public sealed class FinalisersAlone;

[Collection(nameof(FinaliserPauseTests))]
public class FinaliserPauseTests
{
    // Many times what a step allocates.
    private const int Much = 512 << 20;

    [Fact]
    public void Nothing_is_finalised_during_a_pause_however_much_is_allocated()
    {
        using (FinaliserPause.Begin()) Assert.Equal((true, 0), CollectGarbage(Much));
        Assert.NotEqual(0, FinalisedSoon());
    }

    [Fact]
    public void What_is_finalised_without_a_pause_shows_that_the_test_would_notice()
    {
        CollectGarbage(Much);
        Assert.NotEqual(0, FinalisedSoon());
    }

    [Fact]
    public void A_pause_within_a_pause_does_not_end_it()
    {
        using (FinaliserPause.Begin())
        {
            using (FinaliserPause.Begin())
            {
            }
            Assert.Equal(0, CollectGarbage(0).Finalised);
        }
        Assert.NotEqual(0, FinalisedSoon());
    }

    [Fact]
    public void Pauses_that_overlap_last_until_the_last_one_ends()
    {
        var first = FinaliserPause.Begin();
        var second = FinaliserPause.Begin();
        first.Dispose();
        Assert.Equal(0, CollectGarbage(0).Finalised);
        second.Dispose();
        Assert.NotEqual(0, FinalisedSoon());
    }

    [Fact]
    public void Pauses_in_quick_succession_and_on_many_threads_come_to_an_end()
    {
        Parallel.For(0, 400, _ => FinaliserPause.Begin().Dispose());
        CollectGarbage(0);
        Assert.NotEqual(0, FinalisedSoon());
    }

    private static (bool Collected, int Finalised) CollectGarbage(int bytes)
    {
        Finalisable.Forget();
        var collections = GC.CollectionCount(0);
        for (var i = 0; i < 1_000; i++) _ = new Finalisable();
        const int Piece = 4_096;
        for (var i = 0; i < bytes / Piece; i++) GC.KeepAlive(new byte[Piece]);
        GC.Collect();
        // Long enough for a thousand of these finalisers.
        Thread.Sleep(50);
        return (GC.CollectionCount(0) > collections + 1, Finalisable.Count);
    }

    private static int FinalisedSoon()
    {
        GC.WaitForPendingFinalizers();
        return Finalisable.Count;
    }

    private sealed class Finalisable
    {
        private static int count;

        public static int Count => Volatile.Read(ref count);

        public static void Forget() => Volatile.Write(ref count, 0);

        ~Finalisable() => Interlocked.Increment(ref count);
    }
}
