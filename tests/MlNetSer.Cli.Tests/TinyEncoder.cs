using MlNetSer.Onnx;

namespace MlNetSer.Cli;

/// <summary>An encoder without weights, for what does not depend on its quality: the mean of every mel band over a patch.</summary>
internal static class TinyEncoder
{
    /// <summary>The labels of <see cref="SaveClassifier"/>.</summary>
    public static readonly string[] Labels = ["high", "low"];

    public static void Save(string path, string name = "tiny") => Build(name).Save(path);

    /// <summary>A classifier that tells sounds whose upper bands are stronger than the lower ones from the others.</summary>
    public static void SaveClassifier(string path)
    {
        var encoder = Build("tiny");
        var weights = Enumerable.Range(0, 2 * 96).Select(i => i / 96 == 0 == i % 96 >= 48 ? 0.5f : 0);
        SoundClassifierGraph.Compose(encoder, SoundModelInfo.Read(encoder) with { Labels = Labels }, [.. weights], [0, 0]).Save(path);
    }

    private static OnnxModel Build(string name)
    {
        var g = new OnnxGraphBuilder("tiny");
        var patches = g.Input("patches", OnnxElementType.Float32, "P", 1, 101, 96);
        g.Output("embeddings", g.Squeeze(g.ReduceMean(patches, [2]), 1, 2), OnnxElementType.Float32, "P", 96);
        return SoundEncoderGraph.Compose(g.Build(), new SoundModelInfo
        {
            Name = name,
            Encoder = "mean",
            EmbeddingSize = 96,
            Normalisation = new(-2, 1.5f),
            TrainingData = "nothing",
            Licence = "CC0-1.0",
            Version = "1.2.3",
        });
    }
}
