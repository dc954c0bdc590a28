using MlNetSer.Onnx;

namespace MlNetSer.Cli;

/// <summary>An encoder without weights, for what does not depend on its quality: the mean of every mel band over a patch.</summary>
internal static class TinyEncoder
{
    public static void Save(string path)
    {
        var g = new OnnxGraphBuilder("tiny");
        var patches = g.Input("patches", OnnxElementType.Float32, "P", 1, 101, 96);
        g.Output("embeddings", g.Squeeze(g.ReduceMean(patches, [2]), 1, 2), OnnxElementType.Float32, "P", 96);
        SoundEncoderGraph.Compose(g.Build(), new SoundModelInfo
        {
            Name = "tiny",
            Encoder = "mean",
            EmbeddingSize = 96,
            Normalisation = new(-2, 1.5f),
            TrainingData = "nothing",
            Licence = "CC0-1.0",
            Version = "1.2.3",
        }).Save(path);
    }
}
