using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

public class OnnxModelTests
{
    [Fact]
    public void A_file_gives_back_what_was_saved_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        var model = SmallEncoder.Build();
        model.DocString = "Größe";
        model.ProducerName = "tests";
        model.ProducerVersion = "1";
        model.Name = "renamed";
        model.Metadata["b"] = "2";
        model.Metadata["a"] = "1";
        model.Save(folder.File("m.onnx"));

        var loaded = OnnxModel.Load(folder.File("m.onnx"));

        Assert.Equal(File.ReadAllBytes(folder.File("m.onnx")), loaded.ToBytes());
        Assert.Equal(model.ToBytes(), OnnxModel.Load(model.ToBytes()).ToBytes());
        Assert.Equal(("Größe", "tests", "1", "renamed", 17L, 8L), (loaded.DocString, loaded.ProducerName, loaded.ProducerVersion, loaded.Name, loaded.Opset, loaded.IrVersion));
        Assert.Equal(["a", "b"], loaded.Metadata.Keys);
        Assert.Equal("patches: Float32 [batch, 1, 101, 96]", Assert.Single(loaded.Inputs).ToString());
        Assert.Equal("embeddings: Float32 [batch, 6]", Assert.Single(loaded.Outputs).ToString());
        Assert.Equal([folder.File("m.onnx")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("taken", "inside.txt");
        File.WriteAllText(path, "here");

        // The target is a folder, so the last step, the move, fails.
        Assert.ThrowsAny<Exception>(() => SmallEncoder.Build().Save(folder.File("taken")));

        Assert.Equal([path], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        Assert.Throws<DirectoryNotFoundException>(() => SmallEncoder.Build().Save(Path.Combine(folder.Path, "absent", "m.onnx")));
    }

    [Fact]
    public void What_is_no_model_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("m.onnx");
        Assert.Equal($"'{path}': no such ONNX file", Assert.Throws<FileNotFoundException>(() => OnnxModel.Load(path)).Message);
        foreach (var content in new[] { "", "RIFF is no model", "{\"json\": true}", "\u0008\u0008" })
        {
            File.WriteAllText(path, content);
            Assert.StartsWith($"'{path}': not an ONNX model (", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(path)).Message);
        }
        var bytes = SmallEncoder.Build().ToBytes();
        Assert.StartsWith("these 100 bytes: not an ONNX model", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(bytes[..100])).Message);
    }

    [Fact]
    public void Inputs_and_outputs_are_renamed_and_inner_names_make_room()
    {
        var model = SmallEncoder.Build();
        model.Rename("patches", "Relu");
        model.Rename("embeddings", "Features");
        Assert.Empty(model.FindProblems());
        Assert.Equal(("Relu", "Features"), (model.Inputs[0].Name, model.Outputs[0].Name));
        Assert.Equal(Embed(SmallEncoder.Build(), "patches", "embeddings"), Embed(model, "Relu", "Features"));

        Assert.Contains("has no input or output 'patches'; it has Relu, Features", Assert.Throws<ArgumentException>(() => model.Rename("patches", "p")).Message);
        Assert.Contains("already has an input or output", Assert.Throws<ArgumentException>(() => model.Rename("Relu", "Features")).Message);
        model.Rename("Relu", "Relu");
    }

    [Fact]
    public void Names_reach_into_branches()
    {
        var g = new OnnxGraphBuilder("branches");
        var x = g.Input("x", OnnxElementType.Float32, 1);
        var then = g.SubGraph("then");
        then.Output("a", then.Neg(x), OnnxElementType.Float32, 1);
        var otherwise = g.SubGraph("otherwise");
        otherwise.Output("b", otherwise.Abs(x), OnnxElementType.Float32, 1);
        g.Output("y", g.If(g.Scalar(true), then, otherwise)[0], OnnxElementType.Float32, 1);
        var model = g.Build();
        model.Rename("x", "a");
        Assert.Empty(model.FindProblems());
        using var runtime = new Runtime(model);
        Assert.Equal([-2], runtime.Run(Runtime.Feed("a", [2f], 1))["y"].Values);
    }

    [Fact]
    public void A_clone_changes_apart()
    {
        var model = SmallEncoder.Build();
        var clone = model.Clone();
        clone.Rename("patches", "other");
        clone.Metadata["key"] = "value";
        Assert.Equal("patches", model.Inputs[0].Name);
        Assert.Empty(model.Metadata);
    }

    [Fact]
    public void A_constant_becomes_an_input()
    {
        var g = new OnnxGraphBuilder("scale");
        var x = g.Input("x", OnnxElementType.Float32, 2);
        g.Output("y", x * g.Initializer<float>("factor", [2, 3], 2), OnnxElementType.Float32, 2);
        var model = g.Build();
        model.MakeInput("factor");
        using var runtime = new Runtime(model);
        Assert.Equal(["x: Float32 [2]", "factor: Float32 [2]"], model.Inputs.Select(i => i.ToString()));
        Assert.Equal([5, 7], runtime.Run(Runtime.Feed("x", [1f, 1f], 2), Runtime.Feed("factor", [5f, 7f], 2))["y"].Values);
        Assert.Contains("no initializer 'factor'", Assert.Throws<ArgumentException>(() => model.MakeInput("factor")).Message);
    }

    [Fact]
    public void Weights_in_a_second_file_come_back_and_run()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("m.onnx");
        var model = SmallEncoder.Build();
        model.SaveWithExternalData(path, 100);
        Assert.Equal([path, path + ".data"], Directory.GetFiles(folder.Path).Order());
        // The second weight begins on the next page.
        Assert.Equal(4096 + (SmallEncoder.EmbeddingSize * 8 * 4), new FileInfo(path + ".data").Length);

        var loaded = OnnxModel.Load(path);
        Assert.Equal(model.ToBytes(), loaded.ToBytes());
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path);
        using var results = session.Run([Runtime.Feed("patches", Patches, 2, 1, 101, 96)]);
        Assert.Equal(Embed(model, "patches", "embeddings"), Result.From(results[0].Value).Values);

        var bytes = File.ReadAllBytes(path);
        Assert.Contains("load it by its path", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(bytes)).Message);
        File.WriteAllBytes(path + ".data", new byte[4096]);
        Assert.Contains("which has 4096", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(path)).Message);
        File.Delete(path + ".data");
        Assert.Contains("no file", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(path)).Message);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/hostname")]
    [InlineData("")]
    public void Weights_outside_the_folder_are_refused(string location)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("m.onnx");
        SmallEncoder.Build().SaveWithExternalData(path, 100);
        var proto = Protobuf.ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        proto.Graph.Initializer[0].ExternalData[0].Value = location;
        using (var stream = File.Create(path)) Google.Protobuf.MessageExtensions.WriteTo(proto, stream);
        Assert.Contains("expected a file in the model's folder", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(path)).Message);
    }

    private static float[] Patches => [.. Enumerable.Range(0, 2 * 101 * 96).Select(i => (float)Math.Sin(i))];

    private static double[] Embed(OnnxModel model, string input, string output)
    {
        using var runtime = new Runtime(model);
        return runtime.Run(Runtime.Feed(input, Patches, 2, 1, 101, 96))[output].Values;
    }
}
