using System.Runtime.InteropServices;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>A model's graph, written once more with its convolutions in integers; see <see cref="StaticQuantisation"/>.</summary>
internal sealed class IntegerGraph
{
    private const string Convolution = "Conv";

    /// <summary>Of the weights, to either side of 0.</summary>
    private const int Steps = 63;

    private readonly Func<string, ActivationRange> _range;
    private readonly OnnxModel _model;
    private readonly GraphProto _graph;
    private readonly HashSet<string> _names;
    private readonly Dictionary<string, TensorProto> _weights;
    private readonly Dictionary<string, List<NodeProto>> _users = new(StringComparer.Ordinal);
    private readonly List<NodeProto> _nodes = [];

    /// <summary>Activations that there are as bytes, and those of them that there are as float32, too.</summary>
    private readonly Dictionary<string, Bytes> _bytes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _widened = new(StringComparer.Ordinal);

    public IntegerGraph(OnnxModel model, Func<string, ActivationRange> range)
    {
        (_model, _range) = (model.Clone(), range);
        _graph = _model.Proto.Graph;
        _names = [.. ValueNames.InOrder(_graph)];
        _weights = _graph.Initializer.ToDictionary(w => w.Name, StringComparer.Ordinal);
        foreach (var node in _graph.Node)
        {
            foreach (var input in Uses(node).Distinct())
            {
                if (!_users.TryGetValue(input, out var users)) _users.Add(input, users = []);
                users.Add(node);
            }
        }
    }

    /// <summary>The names of an activation's bytes, their scale and their zero.</summary>
    private sealed record Bytes(string Name, float Scale, string ScaleName, string ZeroName);

    public OnnxModel Result()
    {
        var outputs = _graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var absorbed = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in _graph.Node)
        {
            if (absorbed.Contains(node)) continue;
            if (IsInteger(node)) Convolve(node);
            else if (node is { OpType: "MaxPool", Output.Count: 1 } && _bytes.TryGetValue(node.Input[0], out var input)) Pool(node, input);
            else Keep(node);
        }
        foreach (var output in outputs) Widen(output);
        _graph.Node.Clear();
        _graph.Node.AddRange(_nodes);
        DropUnused(outputs);
        return _model;

        void Convolve(NodeProto node)
        {
            var output = node.Output[0];
            if (!outputs.Contains(output) && _users.GetValueOrDefault(output) is [{ OpType: "Relu" } relu])
            {
                absorbed.Add(relu);
                output = relu.Output[0];
            }
            var input = _bytes.TryGetValue(node.Input[0], out var known) ? known : Narrow(node.Input[0]);
            var bytes = Describe(output, _range(output));
            var (weight, scale, zero, bias) = Quantise(node, input.Scale);
            List<string> inputs = [input.Name, input.ScaleName, input.ZeroName, weight, scale, zero, bytes.ScaleName, bytes.ZeroName];
            if (bias is not null) inputs.Add(bias);
            var integer = Add("QLinearConv", inputs, bytes.Name);
            integer.Attribute.AddRange(node.Attribute.Select(a => a.Clone()));
        }
    }

    private bool IsInteger(NodeProto node) =>
        node.OpType == Convolution && node.Domain.Length == 0
        && _weights.TryGetValue(node.Input[1], out var weight) && weight.DataType == (int)OnnxElementType.Float32 && weight.Dims.Count == 4 && weight.Dims[1] > 1
        && (node.Input.Count < 3 || _weights.ContainsKey(node.Input[2]));

    private void Pool(NodeProto node, Bytes input)
    {
        var output = node.Output[0];
        var bytes = input with { Name = Unused($"{output}_bytes") };
        _bytes.Add(output, bytes);
        Add(node.OpType, [input.Name], bytes.Name).Attribute.AddRange(node.Attribute.Select(a => a.Clone()));
    }

    private void Keep(NodeProto node)
    {
        foreach (var input in Uses(node)) Widen(input);
        _nodes.Add(node.Clone());
    }

    private void Widen(string name)
    {
        if (_bytes.TryGetValue(name, out var bytes) && _widened.Add(name)) Add("DequantizeLinear", [bytes.Name, bytes.ScaleName, bytes.ZeroName], name);
    }

    /// <remarks>
    /// The scale is a product of its own. ONNX Runtime takes a QuantizeLinear behind a max pooling to before it, where there are four times as many
    /// values and a pooling of bytes by channels, which is slow.
    /// </remarks>
    private Bytes Narrow(string name)
    {
        var bytes = Describe(name, _range(name));
        var scaled = Unused($"{name}_scaled");
        Add("Mul", [name, Weight($"{name}_inverse_scale", OnnxTensor.Scalar(1 / bytes.Scale))], scaled);
        Add("QuantizeLinear", [scaled, Weight($"{name}_one", OnnxTensor.Scalar(1f)), bytes.ZeroName], bytes.Name);
        _widened.Add(name);
        return bytes;
    }

    private Bytes Describe(string name, ActivationRange range)
    {
        var (scale, zero) = range.Quantised();
        var bytes = new Bytes(
            Unused($"{name}_bytes"), scale, Weight($"{name}_scale", OnnxTensor.Scalar(scale)), Weight($"{name}_zero", OnnxTensor.Scalar(zero)));
        _bytes.Add(name, bytes);
        return bytes;
    }

    private (string Weight, string Scale, string Zero, string? Bias) Quantise(NodeProto node, float inputScale)
    {
        var name = node.Input[1];
        var (values, dimensions) = (Floats(_weights[name]), _weights[name].Dims.ToArray());
        var channels = (int)dimensions[0];
        var size = values.Length / channels;
        var (weights, scales) = (new sbyte[values.Length], new float[channels]);
        for (var c = 0; c < channels; c++)
        {
            var channel = values.AsSpan(c * size, size);
            var largest = 0f;
            foreach (var value in channel) largest = Math.Max(largest, Math.Abs(value));
            // A channel of zeros takes any scale.
            scales[c] = largest > 0 ? largest / Steps : 1;
            for (var i = 0; i < size; i++) weights[(c * size) + i] = (sbyte)MathF.Round(channel[i] / scales[c]);
        }
        string? bias = null;
        if (node.Input.Count > 2)
        {
            var sums = Floats(_weights[node.Input[2]]).Zip(scales, (b, scale) => (int)Math.Clamp(Math.Round((double)b / inputScale / scale), int.MinValue, int.MaxValue));
            bias = Weight($"{node.Input[2]}_integers", OnnxTensor.Create<int>([.. sums], channels));
        }
        return (
            Weight($"{name}_integers", OnnxTensor.Create<sbyte>(weights, dimensions)),
            Weight($"{name}_scales", OnnxTensor.Create<float>(scales, channels)),
            Weight($"{name}_zeros", OnnxTensor.Create<sbyte>(new sbyte[channels], channels)),
            bias);
    }

    private NodeProto Add(string operatorType, IEnumerable<string> inputs, string output)
    {
        var node = new NodeProto { OpType = operatorType, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        _nodes.Add(node);
        return node;
    }

    private string Weight(string name, OnnxTensor value)
    {
        var unique = Unused(name);
        _graph.Initializer.Add(value.ToProto(unique));
        return unique;
    }

    private string Unused(string wanted)
    {
        var name = ValueNames.Unused(wanted, _names);
        _names.Add(name);
        return name;
    }

    /// <summary>Takes away the weights that are quantised now, and what was noted on the shapes of values that are gone.</summary>
    private void DropUnused(HashSet<string> outputs)
    {
        var used = _nodes.SelectMany(Uses).Concat(outputs).ToHashSet(StringComparer.Ordinal);
        foreach (var weight in _graph.Initializer.Where(w => !used.Contains(w.Name)).ToList()) _graph.Initializer.Remove(weight);
        _graph.ValueInfo.Clear();
    }

    private static float[] Floats(TensorProto weight) =>
        weight.RawData.Length > 0 ? MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray() : [.. weight.FloatData];

    private static IEnumerable<string> Uses(NodeProto node) => node.Input.Concat(ValueNames.SubGraphs(node).SelectMany(ValueNames.InOrder));
}
