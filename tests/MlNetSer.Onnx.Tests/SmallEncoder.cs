namespace MlNetSer.Onnx.Tests;

/// <summary>A real, small encoder: convolution, ReLU, global average and maximum, linear layer. Weights are drawn from a seed.</summary>
internal static class SmallEncoder
{
    public const int EmbeddingSize = 6;

    public static SoundModelInfo Info => new()
    {
        Name = "small",
        Encoder = "test",
        EmbeddingSize = EmbeddingSize,
        Normalisation = new(-1.25f, 3.5f),
        TrainingData = "none",
        Licence = "MIT",
        Version = "1.0.0",
    };

    public static OnnxModel Build(int opset = OnnxGraphBuilder.DefaultOpset, string input = "patches", string output = "embeddings")
    {
        var random = new Random(7);
        var g = new OnnxGraphBuilder("small", opset);
        var patches = g.Input(input, OnnxElementType.Float32, "batch", 1, 101, 96);
        var x = g.Relu(g.Node("Conv", [patches, g.Initializer<float>("conv.weight", Draw(4 * 9), 4, 1, 3, 3)], ("strides", new long[] { 2, 2 })));
        var pooled = g.Concat(1, g.Flatten(g.Node("GlobalAveragePool", [x])), g.Flatten(g.Node("GlobalMaxPool", [x])));
        var h = g.Gemm(pooled, g.Initializer<float>("linear.weight", Draw(EmbeddingSize * 8), EmbeddingSize, 8), transposeB: true);
        g.Output(output, h, OnnxElementType.Float32, "batch", EmbeddingSize);
        return g.Build();

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    /// <summary>
    /// A deep one, whose first layers overlapping patches can share: each number is a 3 x 3 convolution of 16 channels with ReLU, 0 a 2 x 2 max pooling.
    /// Global maximum and average follow.
    /// </summary>
    public static OnnxModel BuildDeep(IReadOnlyList<int> layers, int patchFrames = 101)
    {
        const int Channels = 16;
        var random = new Random(8);
        var g = new OnnxGraphBuilder("deep");
        var x = g.Input("patches", OnnxElementType.Float32, "batch", 1, patchFrames, 96);
        var inputs = 1;
        foreach (var layer in layers)
        {
            if (layer == 0)
            {
                x = g.Node("MaxPool", [x], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
                continue;
            }
            float[] weights = [.. Enumerable.Range(0, Channels * inputs * 9).Select(_ => (float)((random.NextDouble() - 0.5) / Math.Sqrt(inputs)))];
            float[] biases = [.. Enumerable.Range(0, Channels).Select(_ => (float)random.NextDouble())];
            x = g.Relu(g.Node(
                "Conv",
                [x, g.Initializer<float>("weight", weights, Channels, inputs, 3, 3), g.Initializer<float>("bias", biases, Channels)],
                ("kernel_shape", new long[] { 3, 3 }),
                ("pads", new long[] { 1, 1, 1, 1 })));
            inputs = Channels;
        }
        var pooled = g.Concat(1, g.Flatten(g.Node("GlobalAveragePool", [x])), g.Flatten(g.Node("GlobalMaxPool", [x])));
        g.Output("embeddings", pooled, OnnxElementType.Float32, "batch", 2 * Channels);
        return g.Build();
    }
}
