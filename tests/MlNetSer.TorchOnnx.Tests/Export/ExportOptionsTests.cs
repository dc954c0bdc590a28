using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

public class ExportOptionsTests
{
    [Fact]
    public void Names_texts_opset_and_metadata_arrive_in_the_model()
    {
        using var net = nn.Linear(3, 2);
        var model = net.ToJudgedModel(["N", 3], new()
        {
            Opset = 20,
            Name = "scorer",
            DocString = "Scores.",
            InputName = "features",
            OutputNames = ["scores"],
            Metadata = new Dictionary<string, string> { ["licence"] = "MIT" },
        });
        Assert.Equal(20, model.Opset);
        Assert.Equal("scorer", model.Name);
        Assert.Equal("Scores.", model.DocString);
        Assert.Equal("features: Float32 [N, 3]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("scores: Float32 [N, 2]", Assert.Single(model.Outputs).ToString());
        Assert.Equal("MIT", model.Metadata["licence"]);
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes()
    {
        manual_seed(3);
        using var first = new ConvolutionalRecurrent();
        manual_seed(4);
        using var second = new ConvolutionalRecurrent();
        second.load_state_dict(first.state_dict());
        var bytes = first.ToJudgedModel(["batch", 1, 20, 12]).ToBytes();
        Assert.Equal(bytes, first.ToJudgedModel(["batch", 1, 20, 12]).ToBytes());
        Assert.Equal(bytes, second.ToJudgedModel(["batch", 1, 20, 12]).ToBytes());
    }

    [Fact]
    public void Two_processes_write_the_same_bytes()
    {
        const string code = """
            using MlNetSer.TorchOnnx;
            using TorchSharp;
            using static TorchSharp.torch;

            TorchRuntime.EnsureLoaded();
            manual_seed(1);
            using var net = nn.Sequential(
                ("conv", nn.Conv2d(1, 8, 3, padding: 1)), ("norm", nn.BatchNorm2d(8)), ("pool", nn.AdaptiveAvgPool2d(2)), ("flat", nn.Flatten()),
                ("dense", nn.Linear(32, 8)), ("gelu", nn.GELU()), ("out", nn.Linear(8, 2)));
            foreach (var format in Enum.GetValues<WeightFormat>())
            {
                var metadata = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1", ["c"] = "3" };
                var model = net.ToOnnxModel(["batch", 1, "height", 8], new() { Weights = format, Metadata = metadata });
                Console.WriteLine(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(model.ToBytes())));
            }
            """;
        using var folder = new TemporaryFolder();
        using var program = new CSharpProgram("exports-the-same", code);
        var first = program.Run(folder.Path);
        Assert.Equal(3, first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());
        Assert.Equal(first, program.Run(folder.Path));
    }

    [Fact]
    public void Exporting_leaves_modes_weights_and_random_numbers_as_they_were()
    {
        using var net = nn.Sequential(("norm", nn.BatchNorm1d(3)), ("drop", nn.Dropout()), ("dense", nn.Linear(3, 2)));
        net.train();
        foreach (var (name, module) in net.named_children()) module.train(name != "norm");
        using var mean = net.state_dict()["norm.running_mean"].clone();
        manual_seed(5);
        using var expected = rand(4);
        manual_seed(5);

        net.ToJudgedModel(["batch", 3]);

        using var actual = rand(4);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
        Assert.Equal(mean.data<float>().ToArray(), net.state_dict()["norm.running_mean"].data<float>().ToArray());
        Assert.Equal([("norm", false), ("drop", true), ("dense", true)], net.named_children().Select(child => (child.name, child.module.training)));
    }

    [Theory]
    [InlineData(WeightFormat.Float16, 0.5)]
    [InlineData(WeightFormat.Int8, 0.25)]
    public void Compressed_weights_shrink_the_model_and_stay_close(WeightFormat format, double share)
    {
        manual_seed(1);
        using var net = nn.Sequential(
            ("conv", nn.Conv2d(1, 32, 3)), ("relu", nn.ReLU()), ("up", nn.ConvTranspose2d(32, 64, 2, stride: 2)), ("flat", nn.Flatten()),
            ("dense", nn.Linear(64 * 12 * 12, 40)), ("norm", nn.BatchNorm1d(40)), ("out", nn.Linear(40, 4)));
        RandomStatistics.Fill(net);
        var exact = net.ToJudgedModel(["batch", 1, 8, 8]);
        var compressed = net.ToJudgedModel(["batch", 1, 8, 8], new() { Weights = format });
        Assert.InRange((double)compressed.WeightBytes / exact.WeightBytes, share * 0.98, share * 1.05);

        var kept = net.ToJudgedModel(["batch", 1, 8, 8], new() { Weights = format, KeepFloat32 = ["dense", "conv", "up", "out"], Tolerance = 1e-6 });
        Assert.Equal(exact.ToBytes(), kept.ToBytes());
    }

    [Theory]
    [InlineData(WeightFormat.Float16)]
    [InlineData(WeightFormat.Int8)]
    public void Every_kind_of_layer_takes_compressed_weights(WeightFormat format)
    {
        manual_seed(2);
        var sizes = new Dictionary<string, IReadOnlyList<long>> { ["time"] = [5, 8] };
        using var recurrent = nn.LSTM(8, 6, 2, bidirectional: true);
        recurrent.ToJudgedModel([new("x", ["time", "batch", 8])], new() { Weights = format, CheckSizes = sizes });
        using var encoder = nn.TransformerEncoderLayer(16, 4, 32);
        encoder.ToJudgedModel([new("x", ["time", "batch", 16])], new() { Weights = format, CheckSizes = sizes });
        using var embedding = nn.Embedding(20, 8);
        embedding.ToJudgedModel(
            [new("x", ["batch", "time"]) { ElementType = OnnxElementType.Int64, ExclusiveMaximum = 20 }],
            new() { Weights = format, CheckSizes = sizes });
        using var bilinear = nn.Bilinear(4, 5, 6);
        bilinear.ToJudgedModel([new("a", ["batch", 4]), new("b", ["batch", 5])], new() { Weights = format });
    }

    [Theory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.Float16)]
    [InlineData(WeightFormat.Int8)]
    public void Weights_may_lie_beside_the_model(WeightFormat format)
    {
        manual_seed(2);
        using var folder = new TemporaryFolder();
        using var net = new ConvolutionalRecurrent();
        var path = folder.File("net.onnx");
        var model = net.ToOnnxModel(["batch", 1, 20, 12], new() { Weights = format });
        model.SaveWithExternalData(path, minimumBytes: 128);

        Judged.AcceptFile(path);
        Assert.True(new FileInfo(path).Length < new FileInfo($"{path}.data").Length);
        Assert.Equal(model.ToBytes(), OnnxModel.Load(path).ToBytes());
    }

    [Fact]
    public void Batch_norm_is_only_folded_when_asked_and_when_it_normalises_the_layers_outputs()
    {
        using var net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4));
        RandomStatistics.Fill(net);
        Assert.Equal(1, net.ToJudgedModel(["batch", 2, 8]).NodeCount);
        Assert.Equal(2, net.ToJudgedModel(["batch", 2, 8], new() { FoldBatchNorm = false }).NodeCount);

        // Here the channels of the norm are the second dimension, and the linear layer works on the third.
        using var across = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4));
        RandomStatistics.Fill(across);
        Assert.Equal(3, across.ToJudgedModel(["batch", 4, 5]).NodeCount);
    }

    /// <summary>A transposed convolution's outputs are its weights' second dimension: as many as inputs, they would take a scale along the first one as well.</summary>
    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 5)]
    public void Batch_norm_is_folded_along_the_outputs_of_a_transposed_convolution(int inputs, int outputs)
    {
        manual_seed(1);
        using var net = nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 2, stride: 2), nn.BatchNorm2d(outputs));
        RandomStatistics.Fill(net);
        Assert.Equal(1, net.ToJudgedModel(["batch", inputs, 3, 4]).NodeCount);
    }

    [Fact]
    public void Shapes_that_are_known_are_constants()
    {
        Assert.Equal(1, Nodes(nn.Flatten(1, 2), "batch", 2, 3, 4));
        Assert.Equal(1, Nodes(nn.Unflatten(1, [2, 3]), "batch", 6, 4));
        Assert.Equal(3, Nodes(nn.ChannelShuffle(2), "batch", 4, 3, 3));
        Assert.Equal(3, Nodes(nn.PixelUnshuffle(2), "batch", 1, 4, 4));
        Assert.Equal(3, Nodes(nn.GroupNorm(2, 4, affine: false), "batch", 4, 3, 3));
        Assert.Equal(1, Nodes(nn.AdaptiveAvgPool2d([2L, 3]), "batch", 1, 4, 6));
        // Time is known at run time only, so its size is computed there.
        Assert.True(Nodes(nn.Flatten(1, 2), "batch", 2, 3, "time") > 1);

        static int Nodes(nn.Module<Tensor, Tensor> module, params OnnxDimension[] shape)
        {
            using (module)
            {
                RandomStatistics.Fill(module);
                return module.ToJudgedModel(shape).NodeCount;
            }
        }
    }

    [Fact]
    public void An_example_tensor_gives_type_shape_and_range()
    {
        using var net = nn.Embedding(7, 3);
        using var tokens = tensor(new long[] { 0, 6, 2, 3 }, 2, 2);
        var model = net.ToJudgedModel(tokens);
        Assert.Equal("input: Int64 [batch, 2]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("output: Float32 [batch, 2, 3]", Assert.Single(model.Outputs).ToString());
    }

    [Fact]
    public void Files_appear_complete_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        using var good = nn.Linear(3, 2);
        good.ExportOnnx(path, ["batch", 3]);
        var before = File.ReadAllBytes(path);
        Assert.Equal(good.ToJudgedModel(["batch", 3]).ToBytes(), before);

        using var bad = nn.Sequential(nn.Linear(3, 2), new TwistedModule());
        Assert.Throws<OnnxExportException>(() => bad.ExportOnnx(path, ["batch", 3]));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }
}
