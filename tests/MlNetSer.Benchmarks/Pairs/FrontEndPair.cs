using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer.Benchmarks;

/// <summary>The log-mel front end against torchaudio's: one thread, the same files, clip by clip.</summary>
internal static class FrontEndPair
{
    /// <summary>As many as the peer takes, in its order.</summary>
    private const int Files = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <summary>As everything in this library computes it, by a kernel.</summary>
    internal static Pair Create()
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        var session = new KernelSession(Model(), options, new());
        return Create("frontend", "kernel", session.Session, session);
    }

    /// <summary>As other runtimes compute it.</summary>
    internal static Pair CreatePlain()
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        var session = new InferenceSession(Model().ToBytes(), options);
        return Create("frontend-plain", "ONNX Runtime alone", session, session);
    }

    private static OnnxModel Model()
    {
        var model = LogMelFrontEnd.Build(new());
        model.MakeInput(LogMelFrontEnd.Statistics);
        return model;
    }

    private static Pair Create(string name, string what, InferenceSession session, IDisposable owner)
    {
        var settings = new LogMelSettings();
        var folder = Path.GetDirectoryName(BenchmarkSounds.Files[0])!;
        float[][] waveforms = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(Files).Select(file => SoundFile.ReadMono(file, settings.SampleRate))];
        return new(
            name, "s of sound/s",
            new(what, () => Rate(session, waveforms, settings.SampleRate)),
            new("torchaudio", () => Peer.FrontEnd(folder)["log-mel"]),
            owner);
    }

    private static double Rate(InferenceSession session, float[][] waveforms, int sampleRate)
    {
        using var options = new RunOptions();
        using var unknown = OrtValue.CreateTensorValueFromMemory(ClipStatistics.Unknown.ToArray(), [2]);
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.Elapsed < Long || times.Count < 3;)
        {
            var watch = Stopwatch.StartNew();
            foreach (var waveform in waveforms)
            {
                using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
                using var outputs = session.Run(options, [LogMelFrontEnd.Waveform, LogMelFrontEnd.Statistics], [input, unknown], [LogMelFrontEnd.LogMel]);
            }
            times.Add(watch.Elapsed.TotalSeconds);
        }
        return waveforms.Sum(w => (double)w.Length) / sampleRate / times.Order().ElementAt(times.Count / 2);
    }
}
