using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace MlNetSer.Benchmarks;

/// <summary>A sound model in ONNX Runtime and nothing else: waveforms that are ready in memory, settings as they come but for the threads.</summary>
internal sealed class BareRuntime(byte[] model, int threadsInRuns, int threadsOfRuns) : IDisposable
{
    private readonly InferenceSession _session = Open(model, threadsInRuns);

    /// <summary>Waveforms a second.</summary>
    internal double Rate(IReadOnlyList<float[]> waveforms)
    {
        var watch = Stopwatch.StartNew();
        Parallel.ForEach(waveforms, new ParallelOptions { MaxDegreeOfParallelism = threadsOfRuns }, waveform =>
        {
            using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
            using var options = new RunOptions();
            using var outputs = _session.Run(options, ["waveform"], [input], ["embedding"]);
        });
        return waveforms.Count / watch.Elapsed.TotalSeconds;
    }

    public void Dispose() => _session.Dispose();

    private static InferenceSession Open(byte[] model, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        return new(model, options);
    }
}
