using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MlNetSer.Benchmarks;

/// <summary>The same work in PyTorch for Python, on one thread. The peer repeats it for some seconds and reports the median.</summary>
internal static class Peer
{
    /// <summary>Patches a second through an encoder, float32.</summary>
    internal static double Patches(string architecture, int batch) => Rates("infer", architecture, "1", batch.ToString(CultureInfo.InvariantCulture)).Single().Value;

    /// <summary>
    /// Seconds of sound per second for the steps from sound files to log-mel spectrograms: "decode", "resample", "log-mel" and
    /// "decode + resample + log-mel".
    /// </summary>
    internal static IReadOnlyDictionary<string, double> FrontEnd(string folder) => Rates("frontend", folder, "1");

    private static Dictionary<string, double> Rates(params string[] arguments)
    {
        var script = BenchmarkSounds.Shared("peers", "peer.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, .. arguments]) { RedirectStandardOutput = true };
        // Without these, page faults take half of the peer's time.
        start.Environment["MALLOC_TOP_PAD_"] = "1000000000";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4000000000";
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{script} ended with {process.ExitCode}");
        return lines.Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(report => report.GetProperty("what").GetString()!, report => report.GetProperty("rate").GetDouble());
    }
}
