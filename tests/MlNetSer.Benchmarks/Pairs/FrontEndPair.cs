using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer.Benchmarks;

/// <summary>The log-mel front end in ONNX Runtime against torchaudio's: one thread, the same files, clip by clip.</summary>
internal static class FrontEndPair
{
    /// <summary>As many as the peer takes, in its order.</summary>
    private const int Files = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    internal static Pair Create()
    {
        var settings = new LogMelSettings();
        var folder = Path.GetDirectoryName(BenchmarkSounds.Files[0])!;
        float[][] waveforms = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(Files).Select(file => SoundFile.ReadMono(file, settings.SampleRate))];
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        var session = new InferenceSession(LogMelFrontEnd.Build(settings).ToBytes(), options);
        return new(
            "frontend", "s of sound/s",
            new("ONNX Runtime", () => Rate(session, waveforms, settings.SampleRate)),
            new("torchaudio", () => Peer.FrontEnd(folder)["log-mel"]),
            session);
    }

    private static double Rate(InferenceSession session, float[][] waveforms, int sampleRate)
    {
        using var options = new RunOptions();
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.Elapsed < Long || times.Count < 3;)
        {
            var watch = Stopwatch.StartNew();
            foreach (var waveform in waveforms)
            {
                using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
                using var outputs = session.Run(options, [LogMelFrontEnd.Waveform], [input], [LogMelFrontEnd.LogMel]);
            }
            times.Add(watch.Elapsed.TotalSeconds);
        }
        return waveforms.Sum(w => (double)w.Length) / sampleRate / times.Order().ElementAt(times.Count / 2);
    }
}
