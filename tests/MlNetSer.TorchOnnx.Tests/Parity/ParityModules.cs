using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Multiplies by a number, so that random inputs reach the ends of an activation.</summary>
internal sealed class Stretch(float factor) : nn.Module<Tensor, Tensor>(nameof(Stretch)), IOnnxExportable
{
    public override Tensor forward(Tensor input) => input * factor;

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) => [inputs[0] * onnx.Graph.Scalar(factor)];
}

/// <summary>Calls the entries of a list in order, and nothing else.</summary>
internal sealed class ListedLayers : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> layers;

    internal ListedLayers(long size, int count)
        : base(nameof(ListedLayers))
    {
        layers = [];
        for (var i = 0; i < count; i++) layers.append(nn.Linear(size, size), nn.Tanh());
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => layers.Aggregate(input, (x, layer) => layer.call(x));
}
