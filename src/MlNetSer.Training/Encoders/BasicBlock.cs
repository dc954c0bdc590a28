using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A residual block of two 3 x 3 convolutions; its shortcut is projected where the shape changes.</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d norm1, norm2;
    private readonly Conv2d? shortcut;
    private readonly BatchNorm2d? shortcut_norm;

    public BasicBlock(int inputs, int outputs, int stride)
        : base(nameof(BasicBlock))
    {
        conv1 = nn.Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        norm1 = nn.BatchNorm2d(outputs);
        conv2 = nn.Conv2d(outputs, outputs, kernel_size: 3, padding: 1, bias: false);
        norm2 = nn.BatchNorm2d(outputs);
        if (stride != 1 || inputs != outputs)
        {
            shortcut = nn.Conv2d(inputs, outputs, kernel_size: 1, stride: stride, bias: false);
            shortcut_norm = nn.BatchNorm2d(outputs);
        }
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = norm1.call(MixedPrecision.Convolve(conv1, input)).relu_();
        x = norm2.call(MixedPrecision.Convolve(conv2, x));
        var identity = shortcut is null ? input : shortcut_norm!.call(MixedPrecision.Convolve(shortcut, input));
        return x.add_(identity).relu_();
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv1, norm1));
        x = onnx.Apply(x, conv2, norm2);
        var identity = shortcut is null ? inputs[0] : onnx.Apply(inputs[0], shortcut, shortcut_norm!);
        return [onnx.Graph.Relu(x + identity)];
    }
}
