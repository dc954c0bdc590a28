using MlNetSer.Onnx;

namespace MlNetSer.Tests;

/// <summary><see cref="TestModel"/> with a linear layer to three labels. Seeded weights.</summary>
internal static class TestClassifier
{
    public static string[] Labels { get; } = ["cat", "dog bark", "rain, \"heavy\""];

    public static float[] Weights { get; } = Draw(Labels.Length * TestModel.EmbeddingSize, seed: 11);

    public static float[] Biases { get; } = Draw(Labels.Length, seed: 12);

    public static OnnxModel Build()
    {
        var encoder = TestModel.Build(seed: 7);
        return SoundClassifierGraph.Compose(encoder, SoundModelInfo.Read(encoder) with { Labels = Labels }, Weights, Biases);
    }

    public static string Write(string path)
    {
        Build().Save(path);
        return path;
    }

    /// <summary>The softmax of one embedding, in double precision.</summary>
    public static double[] Softmax(float[] embedding)
    {
        var exponentials = Labels.Select((_, k) =>
            Math.Exp(Biases[k] + embedding.Select((value, d) => (double)value * Weights[k * TestModel.EmbeddingSize + d]).Sum())).ToArray();
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    private static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(2 * random.NextDouble() - 1))];
    }
}
