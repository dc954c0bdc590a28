using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer.Benchmarks;

/// <summary>An encoder in ONNX Runtime on one thread, without its front end: batches of patches.</summary>
internal sealed class EncoderSession : IDisposable
{
    internal const int Batch = 32;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly KernelSession? _kernels;
    private readonly InferenceSession _session;

    internal EncoderSession(OnnxModel encoder, bool kernels = false)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _kernels = kernels ? new(encoder.Clone(), options) : null;
        _session = _kernels?.Session ?? new(encoder.ToBytes(), options);
    }

    /// <summary>Patches a second: as the peer measures it, the median over some seconds.</summary>
    internal double Rate()
    {
        var random = new Random(1);
        var patches = new float[Batch * 101 * 96];
        foreach (ref var value in patches.AsSpan()) value = random.NextSingle() * 2 - 1;
        using var input = OrtValue.CreateTensorValueFromMemory(patches, [Batch, 1, 101, 96]);
        using var options = new RunOptions();
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.Elapsed < Long || times.Count < 5;)
        {
            var watch = Stopwatch.StartNew();
            using var results = _session.Run(options, ["input"], [input], ["output"]);
            times.Add(watch.Elapsed.TotalSeconds);
        }
        return Batch / times.Order().ElementAt(times.Count / 2);
    }

    public void Dispose()
    {
        _session.Dispose();
        _kernels?.Dispose();
    }
}
