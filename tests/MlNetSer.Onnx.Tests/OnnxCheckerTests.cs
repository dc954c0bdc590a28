using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

/// <summary>ONNX's own checker, with shape inference, as an independent judge of what this library writes.</summary>
public class OnnxCheckerTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public void The_reference_checker_accepts_the_models()
    {
        Assert.SkipUnless(Run("-c", "import onnx").Succeeded, $"NOT RUN: needs {Python} with the onnx package (Debian: python3-onnx).");
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
        {
            var (succeeded, output) = Run("-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)", file);
            Assert.True(succeeded, $"{Path.GetFileName(file)}: {output}");
        }
    }

    [Fact]
    public void The_reference_checker_refuses_what_is_broken()
    {
        Assert.SkipUnless(Run("-c", "import onnx").Succeeded, $"NOT RUN: needs {Python} with the onnx package (Debian: python3-onnx).");
        using var folder = new TemporaryFolder();
        var model = SmallEncoder.Build();
        model.Proto.Graph.Node[0].Input[0] = "nowhere";
        model.Save(folder.File("broken.onnx"));
        Assert.False(Run("-c", "import onnx, sys; onnx.checker.check_model(sys.argv[1])", folder.File("broken.onnx")).Succeeded);
    }

    private static OnnxModel Head()
    {
        var g = new OnnxGraphBuilder("head");
        var x = g.Input("x", OnnxElementType.Float32, "N", SmallEncoder.EmbeddingSize);
        g.Output("classes", g.ArgMax(g.Softmax(x), 1), OnnxElementType.Int64, "N", 1);
        return g.Build();
    }

    private static (bool Succeeded, string Output) Run(params string[] arguments)
    {
        if (!File.Exists(Python)) return (false, $"no {Python}");
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, output.Result + error);
    }
}
