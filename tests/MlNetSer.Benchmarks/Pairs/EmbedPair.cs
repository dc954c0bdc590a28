using System.Diagnostics;
using MlNetSer.Audio;
using MlNetSer.Cli;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>
/// Embedding sound files on all processors against ONNX Runtime alone, whose waveforms are ready and which uses threads within a run or for
/// several runs, whichever is faster.
/// </summary>
internal static class EmbedPair
{
    /// <summary>The tool, from the start of its process to its table.</summary>
    internal static Pair OfTool(string? architecture = null)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetser-embed-");
        var data = BenchmarkSounds.Shared("data", "esc10", "esc10.csv");
        var model = Path.Combine(folder.FullName, "model.onnx");
        File.WriteAllBytes(model, Model(architecture));
        return Against(Name("embed", architecture), "mlnetser embed", model, _ => ToolRate(data, model, Path.Combine(folder.FullName, "table.csv")), new Removal(folder));
    }

    /// <summary>The library in this process, with decoders in processes of their own as the tool has them.</summary>
    internal static Pair OfLibrary(string? architecture = null)
    {
        DecoderProcesses.Use(DecodePair.Worker);
        var folder = Directory.CreateTempSubdirectory("mlnetser-embed-");
        var model = Path.Combine(folder.FullName, "model.onnx");
        File.WriteAllBytes(model, Model(architecture));
        var embedder = new SoundEmbedder(model);
        return Against(
            Name("embed-library", architecture), "SoundEmbedder.EmbedFiles", model,
            files => Rate(files.Count, () => embedder.EmbedFiles(files).Count(e => e.Vector is not null)), embedder, new Removal(folder));
    }

    internal static string Name(string pair, string? architecture) => architecture is null ? pair : $"{pair}-{architecture}";

    /// <summary>The shipped encoder, or an untrained one.</summary>
    private static byte[] Model(string? architecture)
    {
        if (architecture is null) return File.ReadAllBytes(SoundModels.Default);
        using var network = SoundEncoders.Create(architecture, seed: 1);
        var info = SoundModelInfo.Read(SoundModels.Default) with { Encoder = network.Architecture, EmbeddingSize = network.EmbeddingSize };
        return EncoderExport.ToModel(network, info).ToBytes();
    }

    private static Pair Against(string name, string what, string path, Func<IReadOnlyList<string>, double> rate, params IDisposable[] held)
    {
        var files = BenchmarkSounds.Files;
        float[][] waveforms = [.. files.Select(file => SoundFile.ReadMono(file, 22_050))];
        var model = File.ReadAllBytes(path);
        var (within, of) = (new BareRuntime(model, Environment.ProcessorCount, 1), new BareRuntime(model, 1, Environment.ProcessorCount));
        return new(
            name, "files/s",
            new(what, () => rate(files)),
            new("ONNX Runtime alone", () => Math.Max(within.Rate(waveforms), of.Rate(waveforms))),
            [.. held, within, of]);
    }

    private static double ToolRate(string data, string model, string table)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, "embed", "--data", data, "--model", model, "--out", table, "--quiet"])
        {
            RedirectStandardOutput = true,
        })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"mlnetser embed ended with {process.ExitCode}");
        return (File.ReadLines(table).Count() - 1) / watch.Elapsed.TotalSeconds;
    }

    private static double Rate(int files, Func<int> embed)
    {
        var watch = Stopwatch.StartNew();
        var embedded = embed();
        if (embedded != files) throw new InvalidOperationException($"{embedded} of {files} files were embedded");
        return files / watch.Elapsed.TotalSeconds;
    }
}
