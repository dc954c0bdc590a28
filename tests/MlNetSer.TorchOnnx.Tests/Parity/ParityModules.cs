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

/// <summary>The output sequence of a recurrent layer, without its last states.</summary>
internal sealed class SequenceOutput : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly nn.Module recurrent;

    internal SequenceOutput(nn.Module recurrent)
        : base(nameof(SequenceOutput))
    {
        this.recurrent = recurrent;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => recurrent switch
    {
        GRU gru => gru.call(input).Item1,
        LSTM lstm => lstm.call(input).Item1,
        var other => ((RNN)other).call(input).Item1,
    };

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) => [onnx.Call(recurrent, inputs[0])[0]];
}

/// <summary>A layer for [time, batch, features] around which batch and time change places.</summary>
internal sealed class BatchFirst : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly nn.Module<Tensor, Tensor> layer;

    internal BatchFirst(nn.Module<Tensor, Tensor> layer)
        : base(nameof(BatchFirst))
    {
        this.layer = layer;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => layer.call(input.transpose(0, 1)).transpose(0, 1);

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) =>
        [onnx.Graph.Transpose(onnx.Apply(onnx.Graph.Transpose(inputs[0], 1, 0, 2), layer), 1, 0, 2)];
}
