using System.Diagnostics;

namespace MlNetSer.Cli;

/// <summary>
/// The tool in a process of its own that is killed without warning. What it was doing is seen by what it left: a file is written under a name
/// of its own (.partial) and moved when it is whole.
/// </summary>
internal sealed class KilledTool(string folder, string run, int epochs, string exported)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly string _cache = Path.Combine(folder, run, "cache");
    private readonly string _checkpoint = Path.Combine(folder, run, "checkpoint.safetensors");
    private readonly string _curve = Path.Combine(folder, run, "curve.csv");
    private readonly string _exported = Path.Combine(folder, exported);

    /// <summary>Removes what the cache has, if it has anything, as a user does who wants room.</summary>
    public void ForgetCache()
    {
        if (!Directory.Exists(_cache)) return;
        foreach (var file in Directory.GetFiles(_cache, "*.logmel")) File.Delete(file);
    }

    /// <summary>Starts the tool, waits for a moment and kills it a while later.</summary>
    /// <param name="moment">What to wait for.</param>
    /// <param name="times">How often it is to be seen before.</param>
    /// <param name="later">How much later.</param>
    /// <param name="arguments">The tool's.</param>
    /// <returns>What it was doing when it died, or null if it had ended before.</returns>
    public KillMoment? Run(KillMoment moment, int times, TimeSpan later, string[] arguments)
    {
        var before = Stamps();
        using var process = ToolProcess.Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        for (var (seen, last) = (0, before); seen < times && moment != KillMoment.Any && !process.HasExited;)
        {
            if (clock.Elapsed > Longest) throw new TimeoutException($"{moment} was not seen in {Longest}.");
            // As often as the machine allows: some of these files live for a few milliseconds.
            Thread.Yield();
            var now = Stamps();
            if (IsBegun(moment, last, now)) seen++;
            last = now;
        }
        var deadline = Stopwatch.GetTimestamp() + (long)(later.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < deadline && !process.HasExited) Thread.Sleep(later < TimeSpan.FromMilliseconds(20) ? 0 : 1);
        process.Kill();
        Assert.True(process.WaitForExit(Longest), "It does not die.");
        Task.WaitAll(output, error);
        if (process.ExitCode == 0) return null;
        // 128 and SIGKILL's number.
        Assert.True(process.ExitCode == 137, $"It ended by itself, with {process.ExitCode}: {error.Result}");
        return Found(before, Stamps());
    }

    /// <summary>When each file was written that shows what the tool is doing, by what it shows.</summary>
    private Dictionary<string, DateTime> Stamps()
    {
        string[] files = [_checkpoint, _curve, .. Partials.Select(p => p.Path)];
        IEnumerable<string> caches = Directory.Exists(_cache) ? Directory.EnumerateFiles(_cache, "*.logmel.partial") : [];
        return files.Concat(caches).Where(File.Exists).ToDictionary(f => f, File.GetLastWriteTimeUtc);
    }

    private (string Path, KillMoment Moment)[] Partials =>
    [
        (_checkpoint + ".partial", KillMoment.CheckpointWrite),
        (_exported + ".partial", KillMoment.ExportWrite),
        .. from name in new[] { "run.json", "curve.csv", "sessions.json" }
           select (Path.Combine(folder, run, name + ".partial"), KillMoment.SmallWrite),
    ];

    private bool IsBegun(KillMoment moment, Dictionary<string, DateTime> before, Dictionary<string, DateTime> now)
    {
        bool IsNew(string file) => now.TryGetValue(file, out var stamp) && !(before.TryGetValue(file, out var former) && former == stamp);
        return moment switch
        {
            KillMoment.Step => IsNew(_checkpoint),
            // The checkpoint before it is written with the last epoch's line in the curve already.
            KillMoment.Whitening => IsNew(_checkpoint) && now.TryGetValue(_curve, out var curve) && now[_checkpoint] > curve && File.ReadLines(_curve).Count() == 1 + epochs,
            KillMoment.CacheWrite => now.Keys.Any(f => f.StartsWith(_cache, StringComparison.Ordinal) && IsNew(f)),
            _ => Partials.Any(p => p.Moment == moment && IsNew(p.Path)),
        };
    }

    private KillMoment Found(Dictionary<string, DateTime> before, Dictionary<string, DateTime> after) =>
        new[] { KillMoment.CacheWrite, KillMoment.CheckpointWrite, KillMoment.ExportWrite, KillMoment.SmallWrite, KillMoment.Whitening, KillMoment.Step }
            .Where(m => IsBegun(m, before, after)).DefaultIfEmpty(KillMoment.Start).First();
}
