using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer.Tests;

/// <summary>A real, small sound model: two convolutions with ReLU, maximum and average over each map, a linear layer. Seeded weights.</summary>
internal static class TestModel
{
    public const int EmbeddingSize = 24;

    public static byte[] Bytes { get; } = Build(seed: 7).ToBytes();

    public static OnnxModel Build(
        int seed, int embeddingSize = EmbeddingSize, string name = "test model", ClipPooling pooling = ClipPooling.Mean)
    {
        var random = new Random(seed);
        var g = new OnnxGraphBuilder("encoder");
        var patches = g.Input("patches", OnnxElementType.Float32, "P", 1, 101, 96);
        var x = g.Relu(g.Node("Conv", [patches, Draw("conv1", 8, 1, 3, 3)], ("strides", new long[] { 3, 3 })));
        x = g.Relu(g.Node("Conv", [x, Draw("conv2", 16, 8, 3, 3)], ("strides", new long[] { 2, 2 })));
        var pooled = g.Concat(1, g.Flatten(g.Node("GlobalAveragePool", [x])), g.Flatten(g.Node("GlobalMaxPool", [x])));
        g.Output("embeddings", g.Gemm(pooled, Draw("linear", embeddingSize, 32), transposeB: true), OnnxElementType.Float32, "P", embeddingSize);
        return SoundEncoderGraph.Compose(g.Build(), new SoundModelInfo
        {
            Name = name,
            Encoder = "test",
            EmbeddingSize = embeddingSize,
            Normalisation = new(-1.25f, 3f),
            Pooling = pooling,
        });

        OnnxValue Draw(string weights, params long[] shape)
        {
            var fanIn = shape[1..].Aggregate(1L, (a, b) => a * b);
            var count = (int)(shape[0] * fanIn);
            return g.Initializer<float>(
                weights, [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * 3.4 / Math.Sqrt(fanIn)))], shape);
        }
    }

    public static string Write(string path, int seed = 7)
    {
        Build(seed).Save(path);
        return path;
    }

    /// <summary>A sound that changes all the time: a rising tone with beats, and some noise.</summary>
    public static float[] Sound(double seconds, int seed = 1, int sampleRate = 22050)
    {
        var random = new Random(seed);
        var pitch = 200 + (100 * random.Next(8));
        return [.. Enumerable.Range(0, (int)(seconds * sampleRate)).Select(i =>
        {
            var t = (double)i / sampleRate;
            var tone = Math.Sin(2 * Math.PI * (pitch + (20 * t)) * t) * (0.6 + (0.3 * Math.Sin(2 * Math.PI * (2 + seed) * t)));
            return (float)((0.5 * tone) + (0.05 * (random.NextDouble() - 0.5)));
        })];
    }

    public static string WriteSound(string path, double seconds, int seed = 1, int sampleRate = 22050)
    {
        WavFile.Write(path, Sound(seconds, seed, sampleRate), sampleRate, WavSampleFormat.IeeeFloat32);
        return path;
    }
}
