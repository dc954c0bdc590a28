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
        // What lies behind the input is differentiated once: either by a tape's cut, or by torch after this block's.
        var tape = input.is_leaf ? BackwardTape.Open : null;
        var first = BackwardTape.Convolve(conv1, norm1, input);
        var between = tape?.Cut(first, norm1, PoolWindow.Point) ?? BackwardTape.Normalise(norm1, first.ToTorch()).relu_();
        var second = BackwardTape.Convolve(conv2, norm2, between);
        var identity = shortcut is null ? input : MixedPrecision.Convolve(shortcut, input);
        if (tape?.Cut(second, norm2, identity, shortcut_norm) is { } output) return output;
        if (shortcut_norm is not null) identity = BackwardTape.Normalise(shortcut_norm, identity);
        return BackwardTape.Normalise(norm2, second.ToTorch()).add_(identity).relu_();
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv1, norm1));
        x = onnx.Apply(x, conv2, norm2);
        var identity = shortcut is null ? inputs[0] : onnx.Apply(inputs[0], shortcut, shortcut_norm!);
        return [onnx.Graph.Relu(x + identity)];
    }
}
