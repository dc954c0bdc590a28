using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>The nodes of a stack, from its first convolution on.</summary>
internal sealed class StackCandidate
{
    private readonly GraphUsers _users;
    private readonly Func<string, long?> _filters;
    private string _value;

    private StackCandidate(NodeProto first, GraphUsers users, Func<string, long?> filters)
    {
        (_users, _filters) = (users, filters);
        _value = first.Output[0];
        Nodes.Add(first);
    }

    public List<NodeProto> Nodes { get; } = [];

    public List<ConvolutionLayer> Layers { get; } = [];

    /// <summary>The value that is added to the result.</summary>
    public string? Added { get; private set; }

    public bool ReluOfSum { get; private set; }

    /// <summary>The longest stack that begins with a node; null if none does, or one of no more than a first convolution, which reads a single channel and costs little.</summary>
    /// <param name="first">The node.</param>
    /// <param name="users">Those of its graph's values.</param>
    /// <param name="layer">The convolution that a node is, if it is one that can be computed.</param>
    /// <param name="filters">How many filters there are in an initializer.</param>
    public static StackCandidate? From(NodeProto first, GraphUsers users, Func<NodeProto, ConvolutionLayer?> layer, Func<string, long?> filters)
    {
        if (layer(first) is not { } start) return null;
        var stack = new StackCandidate(first, users, filters);
        for (var next = start; ;)
        {
            stack.Layers.Add(stack.Finished(next));
            if (stack.Next() is not { } node || layer(node) is not { } following || following.Inputs != next.Outputs || node.Input[0] != stack._value) break;
            stack.Take(node);
            next = following;
        }
        stack.TakeSum();
        return stack.Layers.Any(l => l.Inputs > 1) ? stack : null;
    }

    // In a graph that goes round in circles, which ONNX Runtime will refuse, the next one is one of these.
    private NodeProto? Next() => _users.Only(_value) is { } node && !Nodes.Contains(node) ? node : null;

    private void Take(NodeProto node)
    {
        Nodes.Add(node);
        _value = node.Output[0];
    }

    private ConvolutionLayer Finished(ConvolutionLayer layer)
    {
        var relu = TakeRelu();
        if (Next() is not { } pool || !IsHalving(pool)) return layer with { Relu = relu };
        Take(pool);
        return layer with { Relu = relu, Pool = true };
    }

    private bool TakeRelu()
    {
        if (Next() is not { OpType: "Relu", Domain: "" } relu) return false;
        Take(relu);
        return true;
    }

    private void TakeSum()
    {
        if (Layers[^1].Relu || Layers[^1].Pool || Next() is not { OpType: "Add", Domain: "" } sum) return;
        var other = sum.Input[0] == _value ? sum.Input[1] : sum.Input[0];
        if (!HasShapeOfResult(other)) return;
        Added = other;
        Take(sum);
        ReluOfSum = TakeRelu();
    }

    /// <summary>Whether a value is sure to have the result's shape, so that nothing is repeated along some dimension: that of the stack's own input, or of a convolution of as many channels.</summary>
    private bool HasShapeOfResult(string value)
    {
        if (value == Nodes[0].Input[0])
            return Layers[0].Inputs == Layers[^1].Outputs && Layers.All(l => l is { Pool: false, Pads: (1, 1, 1, 1) });
        return _users.Maker(value) is { OpType: "Conv", Domain: "" } maker && _filters(maker.Input[1]) == Layers[^1].Outputs;
    }

    private static bool IsHalving(NodeProto node) => node is { OpType: "MaxPool", Domain: "", Output.Count: 1 } && node.Attribute.Any(a => a.Name == "strides") && node.Attribute.All(a => a.Name switch
    {
        "kernel_shape" or "strides" => a.Ints.SequenceEqual([2, 2]),
        "pads" => a.Ints.All(i => i == 0),
        "dilations" => a.Ints.All(i => i == 1),
        "ceil_mode" => a.I == 0,
        "auto_pad" => a.S.ToStringUtf8() == "NOTSET",
        "storage_order" => true,
        _ => false,
    });
}
