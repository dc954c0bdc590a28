using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>3 x 3 convolution without bias, batch norm, ReLU and, where asked for, 2 x 2 max pooling.</summary>
internal sealed class ConvBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;
    private readonly MaxPool2d? pool;

    public ConvBlock(int inputs, int outputs, bool halve)
        : base(nameof(ConvBlock))
    {
        conv = nn.Conv2d(inputs, outputs, kernel_size: 3, padding: 1, bias: false);
        norm = nn.BatchNorm2d(outputs);
        pool = halve ? nn.MaxPool2d(2) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = norm.call(conv.call(input)).relu_();
        return pool is null ? x : pool.call(x);
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv, norm));
        return [pool is null ? x : onnx.Apply(x, pool)];
    }
}
