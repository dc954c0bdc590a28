using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>The exported encoder in ONNX Runtime against the same architecture in PyTorch for Python: float32, one thread, batches of patches.</summary>
internal static class PeerPair
{
    private const int Batch = 32;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>The architectures that the peer has.</summary>
    internal static bool Knows(string architecture) => architecture is VggEncoder.ArchitectureName or ResNet18Encoder.ArchitectureName;

    internal static Pair Of(string architecture)
    {
        var session = Session(architecture);
        return new(
            $"encoder-{architecture}", "patches/s", new("ONNX Runtime, 1 thread", () => Rate(session)), new("PyTorch, 1 thread", () => Peer.Patches(architecture, Batch)),
            session);
    }

    private static InferenceSession Session(string architecture)
    {
        using var encoder = SoundEncoders.Create(architecture, seed: 1);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        return new(encoder.ToOnnxModel((OnnxDimension[])["P", 1, 101, 96]).ToBytes(), options);
    }

    private static double Rate(InferenceSession session)
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
            using var results = session.Run(options, ["input"], [input], ["output"]);
            times.Add(watch.Elapsed.TotalSeconds);
        }
        // As the peer does it.
        return Batch / times.Order().ElementAt(times.Count / 2);
    }
}
