using System.Diagnostics;
using System.Globalization;
using MlNetSer.Cli;
using MlNetSer.Testing;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>The most memory that pretraining from a cache needs, each kind in a process of its own, against the bare steps of PyTorch for Python.</summary>
internal static class PretrainMemory
{
    internal const string ChildVerb = "pretrain-memory-of";

    private const int Steps = 4;
    private const double Gigabyte = 1e9;

    internal static int Compare(string encoder, int clips, TextWriter output)
    {
        output.WriteLine($"{encoder}, batches of {clips} clips, {Steps} steps (PyTorch: of 128 clips):");
        output.WriteLine();
        output.WriteLine("| | peak memory, GB | against PyTorch |");
        output.WriteLine("| --- | ---: | ---: |");
        foreach (var precision in TrainPair.Precisions.Select(TrainPair.TypeName))
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [ChildVerb, encoder, precision, clips.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                // As the tool trains, and as the peer has the setting that is best for it.
                Environment = { [CompactHeap.Variable] = CompactHeap.Tunables },
            };
            using var process = Process.Start(start)!;
            var peak = long.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
            process.WaitForExit();
            var peer = PeerPair.Knows(encoder) ? Peer.TrainingMemory(encoder, precision) : double.NaN;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `pretrain`, {precision} | {peak / Gigabyte:f2} | {peak / peer:f2} |"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| PyTorch, {precision} | {peer / Gigabyte:f2} | |"));
        }
        return 0;
    }

    internal static void MeasureHere(string encoder, string precision, int clips, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        using var cache = PretrainSpeed.Cache(folder, clips);
        var settings = new PretrainSettings
        {
            Encoder = encoder,
            Epochs = Steps,
            BatchSize = clips,
            Precision = TrainPair.Precisions.Single(p => TrainPair.TypeName(p) == precision),
        };
        new Pretrainer(new CachedPatchSource(cache, "synthesised clips"), folder.File("run")).Run(settings);
        output.WriteLine(ProcessMemory.Peak.ToString(CultureInfo.InvariantCulture));
    }
}
