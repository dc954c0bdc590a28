using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>The exported encoder in ONNX Runtime against the same architecture in PyTorch for Python: float32, one thread, batches of patches.</summary>
internal static class PeerPair
{
    /// <summary>The architectures that the peer has.</summary>
    internal static bool Knows(string architecture) => architecture is VggEncoder.ArchitectureName or ResNet18Encoder.ArchitectureName;

    internal static Pair Of(string architecture)
    {
        using var encoder = SoundEncoders.Create(architecture, seed: 1);
        var session = new EncoderSession(encoder.ToOnnxModel((OnnxDimension[])["P", 1, 101, 96]), kernels: true);
        return new(
            $"encoder-{architecture}", "patches/s", new("ONNX Runtime, 1 thread", session.Rate),
            new("PyTorch, 1 thread", () => Peer.Patches(architecture, EncoderSession.Batch)), session);
    }
}
