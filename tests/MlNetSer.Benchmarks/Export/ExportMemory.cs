using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Benchmarks;

/// <summary>
/// How far the process grows while a module is exported. Native memory counts too, so it is the system that measures, in a process of its own
/// for each network: what one export leaves behind would hide the next one's need.
/// </summary>
internal static class ExportMemory
{
    internal const string ChildVerb = "export-memory-of";

    private const double Mebibyte = 1 << 20;

    internal static int Compare(TextWriter output)
    {
        output.WriteLine("| network | file, MB | process before, MB | peak during export above that, MB | peak / file | first export, s |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var name in ExportNetworks.Names)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [ChildVerb, name]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var figures = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) return process.ExitCode;
            var (file, before, growth, seconds) = JsonSerializer.Deserialize<Figures>(figures)!;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {file / Mebibyte:f1} | {before / Mebibyte:f0} | {growth / Mebibyte:f0} | {(double)growth / file:f1} | {seconds:f1} |"));
        }
        return 0;
    }

    internal static void MeasureHere(string name, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        using var network = ExportNetworks.Create(name);
        var path = folder.File("model.onnx");
        // Whoever exports a module has used it before; what libtorch keeps from then on is not the export's.
        ExportNetworks.Run(network);
        GC.Collect();
        ProcessMemory.ForgetPeak();
        var before = ProcessMemory.Resident;
        var watch = Stopwatch.StartNew();
        ExportNetworks.Export(network, path);
        var figures = new Figures(new FileInfo(path).Length, before, ProcessMemory.Peak - before, watch.Elapsed.TotalSeconds);
        output.WriteLine(JsonSerializer.Serialize(figures));
    }

    private sealed record Figures(long File, long Before, long Growth, double Seconds);
}
