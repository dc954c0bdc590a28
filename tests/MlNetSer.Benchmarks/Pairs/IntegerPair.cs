using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>An encoder in 8-bit integers against itself in float32: one thread, batches of patches.</summary>
internal static class IntegerPair
{
    internal static Pair Of(string architecture)
    {
        using var network = SoundEncoders.Create(architecture, seed: 1);
        var encoder = network.ToOnnxModel((OnnxDimension[])["P", 1, 101, 96]);
        var info = SoundModelInfo.Read(SoundModels.Default) with { Encoder = architecture, EmbeddingSize = network.EmbeddingSize };
        var (integer, full) = (new EncoderSession(ActivationRanges.Quantise(encoder, info, CancellationToken.None)), new EncoderSession(encoder));
        return new($"int8-{architecture}", "patches/s", new("int8, 1 thread", integer.Rate), new("float32, 1 thread", full.Rate), integer, full);
    }
}
