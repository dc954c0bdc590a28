using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

/// <summary>ONNX's own checker, with shape inference, as an independent judge of what this library writes.</summary>
public class OnnxCheckerTests
{
    [Fact]
    public void The_reference_checker_accepts_the_models()
    {
        Assert.SkipWhen(OnnxChecker.Instance is null, OnnxChecker.SkipReason);
        using var folder = new TemporaryFolder();
        LogMelFrontEnd.Build(new()).Save(folder.File("front-end.onnx"));
        SmallEncoder.Build().Save(folder.File("encoder.onnx"));
        SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info).Save(folder.File("sound-encoder.onnx"));
        var chunks = SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info);
        chunks.MakeInput(LogMelFrontEnd.Statistics);
        chunks.Rename("embedding", "Features");
        chunks.Save(folder.File("chunks.onnx"));
        SmallEncoder.Build().SaveWithExternalData(folder.File("external.onnx"), 100);
        SmallEncoder.Build().Then(Head()).Save(folder.File("spliced.onnx"));

        foreach (var file in Directory.GetFiles(folder.Path, "*.onnx"))
            Assert.Equal((Path.GetFileName(file), null), (Path.GetFileName(file), OnnxChecker.Instance.CheckFile(file)));
    }

    [Fact]
    public void The_reference_checker_refuses_what_is_broken()
    {
        Assert.SkipWhen(OnnxChecker.Instance is null, OnnxChecker.SkipReason);
        using var folder = new TemporaryFolder();
        var model = SmallEncoder.Build();
        model.Proto.Graph.Node[0].Input[0] = "nowhere";
        model.Save(folder.File("broken.onnx"));
        Assert.Contains("nowhere", OnnxChecker.Instance.CheckFile(folder.File("broken.onnx")), StringComparison.Ordinal);
    }

    private static OnnxModel Head()
    {
        var g = new OnnxGraphBuilder("head");
        var x = g.Input("x", OnnxElementType.Float32, "N", SmallEncoder.EmbeddingSize);
        g.Output("classes", g.ArgMax(g.Softmax(x), 1), OnnxElementType.Int64, "N", 1);
        return g.Build();
    }
}
