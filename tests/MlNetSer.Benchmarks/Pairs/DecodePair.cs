using System.Diagnostics;
using MlNetSer.Audio;
using MlNetSer.Cli;

namespace MlNetSer.Benchmarks;

/// <summary>Decoding in a process of its own, as the tool does it, against decoding in this one: one thread, Ogg Vorbis to waveforms at 22,050 Hz.</summary>
internal static class DecodePair
{
    private const int Files = 100;

    internal static ProcessStartInfo Worker() => new("dotnet", [typeof(Tool).Assembly.Location, "--decode"]);

    internal static Pair Create()
    {
        string[] files = [.. BenchmarkSounds.Files.Take(Files)];
        return new(
            "decode", "files/s",
            new("another process", () => Rate(files, Worker)),
            new("this process", () => Rate(files, null)));
    }

    private static double Rate(string[] files, Func<ProcessStartInfo>? worker)
    {
        DecoderProcess.Start = worker;
        var watch = Stopwatch.StartNew();
        foreach (var file in files) SoundFile.ReadMono(file, 22_050);
        var rate = files.Length / watch.Elapsed.TotalSeconds;
        DecoderProcess.Start = null;
        return rate;
    }
}
