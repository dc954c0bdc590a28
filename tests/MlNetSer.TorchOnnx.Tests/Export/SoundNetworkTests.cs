using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

public class SoundNetworkTests
{
    [Fact]
    public void Convolutions_with_batch_norm_and_residuals_export_and_agree()
    {
        using var net = nn.Sequential(
            ("stem", nn.Conv2d(1, 8, 7, stride: 2, padding: 3, bias: false)), ("norm", nn.BatchNorm2d(8)), ("relu", nn.ReLU()),
            ("pool", nn.MaxPool2d(3, stride: 2, padding: 1)), ("block", new ResidualBlock(8)),
            ("average", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten()), ("drop", nn.Dropout(0.5)),
            ("dense", nn.Linear(8, 5, hasBias: false)), ("densenorm", nn.BatchNorm1d(5)));
        RandomStatistics.Fill(net);
        var model = net.ToJudgedModel(["batch", 1, 33, 24]);
        Assert.Equal("input: Float32 [batch, 1, 33, 24]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("output: Float32 [batch, 5]", Assert.Single(model.Outputs).ToString());
        // Conv, Relu, MaxPool, Conv, Relu, Conv, Add, Relu, GlobalAveragePool, Reshape, Gemm: every norm is folded.
        Assert.Equal(11, model.NodeCount);
    }

    [Fact]
    public void Convolutional_recurrent_network_exports_and_agrees()
    {
        using var net = new ConvolutionalRecurrent();
        RandomStatistics.Fill(net);
        var model = net.ToJudgedModel(["batch", 1, 20, 12]);
        Assert.Equal("output: Float32 [batch, 6]", Assert.Single(model.Outputs).ToString());
    }

    [Fact]
    public void A_graph_that_computes_something_else_is_refused()
    {
        using var net = nn.Sequential(
            ("conv", nn.Conv2d(1, 2, 3, padding: 1)), ("block", new ResidualBlock(2)),
            ("inner", nn.Sequential(("relu", nn.ReLU()), ("twisted", new TwistedModule()))), ("last", new ResidualBlock(2)));
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 1, "height", 8]));
        Assert.Contains("does not compute what the module does", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("'inner.twisted' (TwistedModule)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Small_outputs_are_compared_as_closely_as_large_ones()
    {
        // A softmax over many classes gives numbers of this size.
        using var net = nn.Sequential(("off", new SlightlyOff()), ("shrink", new Stretch(1e-5f)));
        Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3]));
    }

    [Fact]
    public void A_module_that_gives_no_numbers_cannot_be_checked()
    {
        using var net = nn.Linear(3, 2);
        using (no_grad()) net.weight.fill_(float.NaN);
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3]));
        Assert.Contains("no finite number for 'output'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unsupported_module_stops_the_export_with_its_place_and_the_remedy()
    {
        using var net = nn.Sequential(("front", nn.Sequential(("odd", new UnknownModule()))));
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 4]));
        Assert.Contains("'front.odd' (UnknownModule)", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(IOnnxExportable), error.Message, StringComparison.Ordinal);
    }
}
