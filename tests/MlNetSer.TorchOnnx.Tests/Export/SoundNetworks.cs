using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Small networks of the kinds that sound encoders are made of, written as custom modules.</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d norm1, norm2;

    internal ResidualBlock(int channels)
        : base(nameof(ResidualBlock))
    {
        conv1 = nn.Conv2d(channels, channels, 3, padding: 1, bias: false);
        norm1 = nn.BatchNorm2d(channels);
        conv2 = nn.Conv2d(channels, channels, 3, padding: 1, bias: false);
        norm2 = nn.BatchNorm2d(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => norm2.call(conv2.call(norm1.call(conv1.call(input)).relu_())).add_(input).relu_();

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv1, norm1));
        return [onnx.Graph.Relu(onnx.Apply(x, conv2, norm2) + inputs[0])];
    }
}

/// <summary>Convolution, bidirectional GRU over time, the product of both directions' last output.</summary>
internal sealed class ConvolutionalRecurrent : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private const int Hidden = 6;
    private readonly Sequential body;
    private readonly GRU gru;

    internal ConvolutionalRecurrent()
        : base(nameof(ConvolutionalRecurrent))
    {
        body = nn.Sequential(nn.Conv2d(1, 4, 5, padding: 2, bias: false), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d([2, 4]));
        gru = nn.GRU(4 * 3, Hidden, batchFirst: true, bidirectional: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = body.call(input).permute(0, 2, 1, 3).flatten(2);
        var (sequence, _) = gru.call(x);
        var last = sequence.select(1, -1);
        return last.narrow(1, 0, Hidden) * last.narrow(1, Hidden, Hidden);
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Transpose(onnx.Apply(inputs[0], body), 0, 2, 1, 3);
        x = onnx.Graph.Reshape(x, 0, 0, -1);
        var last = onnx.Graph.Gather(onnx.Call(gru, x)[0], onnx.Graph.Scalar(-1L), axis: 1);
        var directions = onnx.Graph.SplitEvenly(last, axis: 1, parts: 2);
        return [directions[0] * directions[1]];
    }
}
