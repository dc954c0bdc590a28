namespace MlNetSer.Endurance.Tests;

/// <summary>The short form of <c>load</c>: seconds instead of minutes, with room for what a process takes at its start.</summary>
public class LoadTests
{
    private const int Threads = 32;
    private const long MostGrowth = 150_000_000;
    private const int MostNewHandles = 24;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    [Fact]
    public void Many_threads_share_an_embedder()
    {
        using var load = new LoadRun();
        var report = load.Embedder(Time, Threads);
        Check(report);
        Assert.True(report.Cancelled > 0 && report.Disposed > 0, $"{report.Cancelled} cancelled, {report.Disposed} disposed");
    }

    [Fact]
    public void Many_threads_take_prediction_engines_from_a_pool()
    {
        // In seconds not every engine meets a recording of two minutes, so memory would not be flat yet.
        using var load = new LoadRun(longest: 20);
        Check(load.PredictionEngines(Time, Threads));
    }

    private static void Check(LoadReport report)
    {
        Assert.Empty(report.Wrong);
        Assert.True(report.Right > 100, $"only {report.Right} results");
        Assert.True(report.End.Resident - report.Warm.Resident < MostGrowth, $"{report.Warm}, then {report.End}");
        Assert.True(report.End.Handles - report.Warm.Handles < MostNewHandles, $"{report.Warm}, then {report.End}");
    }
}
