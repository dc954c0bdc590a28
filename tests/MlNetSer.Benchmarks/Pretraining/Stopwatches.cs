using System.Diagnostics;

namespace MlNetSer.Benchmarks;

/// <summary>Time on the clock and time of this process on all processors, in seconds. The latter changes less with what else is running.</summary>
internal readonly struct Stopwatches
{
    private readonly long _wall;
    private readonly TimeSpan _cpu;

    private Stopwatches(long wall, TimeSpan cpu) => (_wall, _cpu) = (wall, cpu);

    public (double Wall, double Cpu) Elapsed => (Stopwatch.GetElapsedTime(_wall).TotalSeconds, (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds);

    public static Stopwatches Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

    /// <summary>The medians of several runs.</summary>
    public static (double Wall, double Cpu) Median(Action work, int runs)
    {
        work();
        var times = Enumerable.Range(0, runs).Select(_ =>
        {
            var watch = Start();
            work();
            return watch.Elapsed;
        }).ToList();
        return (Median(times.Select(t => t.Wall)), Median(times.Select(t => t.Cpu)));
    }

    public static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
