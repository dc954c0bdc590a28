using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MlNetSer.Benchmarks;

/// <summary>The same work in PyTorch for Python. The peer repeats it for some seconds and reports the median.</summary>
internal static class Peer
{
    /// <summary>Patches a second through an encoder, float32, one thread.</summary>
    internal static double Patches(string architecture, int batch) => Rates("infer", architecture, "1", batch.ToString(CultureInfo.InvariantCulture)).Single().Value;

    /// <summary>Patches a second in a step of contrastive learning of 128 pairs, on all processors.</summary>
    /// <param name="architecture">vgg or resnet18.</param>
    /// <param name="precision">float32 or bfloat16.</param>
    internal static double Training(string architecture, string precision) => Rates(TrainArguments(architecture, precision)).Single().Value;

    /// <summary>The most bytes of memory that such steps need.</summary>
    internal static long TrainingMemory(string architecture, string precision)
    {
        using var process = Start(TrainArguments(architecture, precision));
        var peak = ProcessMemory.PeakUntilExit(process);
        return process.ExitCode == 0 ? peak : throw new InvalidOperationException($"{Script} ended with {process.ExitCode}");
    }

    /// <summary>
    /// Seconds of sound per second for the steps from sound files to log-mel spectrograms, one thread: "decode", "resample", "log-mel" and
    /// "decode + resample + log-mel".
    /// </summary>
    internal static IReadOnlyDictionary<string, double> FrontEnd(string folder) => Rates("frontend", folder, "1");

    private static string Script => BenchmarkSounds.Shared("peers", "peer.py");

    private static string[] TrainArguments(string architecture, string precision) =>
        ["train", architecture, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), precision];

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Script, .. arguments]) { RedirectStandardOutput = true };
        // Without these, page faults take half of the peer's time.
        start.Environment["MALLOC_TOP_PAD_"] = "1000000000";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4000000000";
        return Process.Start(start)!;
    }

    private static Dictionary<string, double> Rates(params string[] arguments)
    {
        using var process = Start(arguments);
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{Script} ended with {process.ExitCode}");
        return lines.Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(report => report.GetProperty("what").GetString()!, report => report.GetProperty("rate").GetDouble());
    }
}
