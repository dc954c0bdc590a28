using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// Builds an ONNX model node by node: declare inputs and initializers, call operations, declare outputs, <see cref="Build"/>.
/// Names of values are made from the current <see cref="Scope"/> and the operator, so they are readable, unique and the same every
/// time. What changed between opsets (whether axes are an attribute or an input, say) is settled here and nowhere else.
/// Not safe for use by several threads at once.
/// </summary>
/// <example>
/// <code>
/// var g = new OnnxGraphBuilder("linear");
/// var x = g.Input("x", OnnxElementType.Float32, "N", 3);
/// var w = g.Initializer("weight", [1f, 2f, 3f], 3, 1);
/// g.Output("y", g.Relu(g.MatMul(x, w)), OnnxElementType.Float32, "N", 1);
/// g.Build().Save("linear.onnx");
/// </code>
/// </example>
public sealed partial class OnnxGraphBuilder
{
    private const int LargestSharedConstant = 64;

    private readonly GraphProto _graph;
    private readonly OnnxGraphBuilder? _parent;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _nodeOutputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _finalNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private readonly Requirements _requirements;
    private string _prefix = "";

    /// <summary>A builder for an empty graph.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="opset">The version of ONNX's operators, <see cref="OldestOpset"/> to <see cref="NewestOpset"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">This library does not know that opset.</exception>
    public OnnxGraphBuilder(string name, int opset = DefaultOpset)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (opset is < OldestOpset or > NewestOpset)
            throw new ArgumentOutOfRangeException(nameof(opset), opset, $"expected an opset from {OldestOpset} to {NewestOpset}");
        _requirements = new(opset);
        _names = new(StringComparer.Ordinal);
        _graph = new GraphProto { Name = name };
    }

    /// <summary>A builder that takes over whatever opset a model has.</summary>
    internal OnnxGraphBuilder(OnnxModel model)
    {
        _requirements = new((int)model.Opset);
        _names = new(StringComparer.Ordinal);
        _graph = new GraphProto { Name = model.Name };
    }

    private OnnxGraphBuilder(OnnxGraphBuilder parent, string name)
    {
        _requirements = parent._requirements;
        _parent = parent;
        _names = parent._names;
        _prefix = parent._prefix;
        _graph = new GraphProto { Name = name };
    }

    /// <summary>The version of ONNX's operators that this graph uses.</summary>
    public int Opset => _requirements.Opset;

    /// <summary>What the finished model does, in prose.</summary>
    public string? DocString { get; set; }

    /// <summary>Declares an input.</summary>
    /// <param name="name">Its name, used as it is.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="dimensions">Its dimensions: numbers for fixed ones, names for those known at run time. None: a scalar.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public OnnxValue Input(string name, OnnxElementType elementType, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        Claim(name);
        return AddInput(new OnnxValueInfo(name, elementType, dimensions.ToArray()).ToProto());
    }

    /// <summary>Adds a named constant, such as a weight. A name that is taken gets a number.</summary>
    public OnnxValue Initializer(string name, OnnxTensor value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        var unique = Unique(name);
        _graph.Initializer.Add(value.ToProto(unique));
        return new OnnxValue(this, unique);
    }

    /// <summary>Adds a named constant, such as a weight, in C order.</summary>
    /// <inheritdoc cref="OnnxTensor.Create{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public OnnxValue Initializer<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions) where T : unmanaged =>
        Initializer(name, OnnxTensor.Create(values, dimensions));

    /// <summary>A constant without a name of its own. Small equal constants become one.</summary>
    public OnnxValue Constant(OnnxTensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Bytes.Length > LargestSharedConstant * sizeof(long)) return Initializer("constant", value);
        var key = $"{value} {Convert.ToHexString(value.Bytes)}";
        if (!_constants.TryGetValue(key, out var constant))
        {
            // Shared between scopes, so it belongs to none of them.
            using (Unscoped()) constant = Initializer("constant", value);
            _constants.Add(key, constant);
        }
        return constant;
    }

    /// <summary>A one-dimensional int64 constant: axes, sizes, a shape.</summary>
    public OnnxValue Ints(params ReadOnlySpan<long> values) => Constant(OnnxTensor.Create(values, values.Length));

    /// <summary>A constant without dimensions.</summary>
    /// <inheritdoc cref="OnnxTensor.Create{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public OnnxValue Scalar<T>(T value) where T : unmanaged => Constant(OnnxTensor.Scalar(value));

    /// <summary>Adds a node of any operator with one output.</summary>
    /// <param name="operatorType">ONNX's name of the operator, such as <c>Conv</c>.</param>
    /// <param name="inputs">Its inputs; null for an optional one that is left out.</param>
    /// <param name="attributes">Its attributes by name.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">An input belongs to another graph.</exception>
    public OnnxValue Node(string operatorType, ReadOnlySpan<OnnxValue?> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes) =>
        Nodes(operatorType, 1, inputs, attributes)[0];

    /// <summary>Adds a node of any operator with several outputs.</summary>
    /// <param name="operatorType">ONNX's name of the operator, such as <c>LSTM</c>.</param>
    /// <param name="outputs">How many outputs it gets.</param>
    /// <param name="inputs">Its inputs; null for an optional one that is left out.</param>
    /// <param name="attributes">Its attributes by name.</param>
    /// <returns>The outputs in order.</returns>
    /// <exception cref="ArgumentException">An input belongs to another graph.</exception>
    public OnnxValue[] Nodes(
        string operatorType, int outputs, ReadOnlySpan<OnnxValue?> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operatorType);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        var name = Unique(operatorType);
        var node = new NodeProto { Name = name, OpType = operatorType };
        foreach (var input in inputs)
        {
            if (input is not null && !Sees(input))
                throw new ArgumentException($"{operatorType} in graph '{_graph.Name}' cannot use '{input.Name}', which belongs to graph '{input.Owner._graph.Name}'", nameof(inputs));
            node.Input.Add(input?.Name ?? "");
        }
        // Optional inputs left out at the end need no mention, and ONNX Runtime 1.31 crashes on LayerNormalization when they have one.
        while (node.Input.Count > 0 && node.Input[^1].Length == 0) node.Input.RemoveAt(node.Input.Count - 1);
        foreach (var (attributeName, value) in attributes) node.Attribute.Add(value.ToProto(attributeName));
        var values = new OnnxValue[outputs];
        for (var i = 0; i < outputs; i++)
        {
            values[i] = new OnnxValue(this, outputs == 1 ? name : Unscoped($"{name}:{i}"));
            _nodeOutputs.Add(values[i].Name);
            node.Output.Add(values[i].Name);
        }
        _graph.Node.Add(node);
        return values;
    }

    /// <summary>As <see cref="Node"/>, of ONNX's operators for machine learning, with a name of its own.</summary>
    internal OnnxValue MachineLearningNode(
        string name, string operatorType, OnnxValue input, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        const string domain = "ai.onnx.ml";
        _requirements.Add(domain, version: 2);
        var output = Node(operatorType, [input], attributes);
        (_graph.Node[^1].Name, _graph.Node[^1].Domain) = (name, domain);
        return output;
    }

    /// <summary>Declares an output.</summary>
    /// <param name="name">Its name in the finished model, used as it is.</param>
    /// <param name="value">The value that it gives.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="dimensions">Its dimensions: numbers for fixed ones, names for those known at run time. None: a scalar.</param>
    /// <exception cref="ArgumentException">The name is taken, or the value belongs to another graph.</exception>
    public void Output(string name, OnnxValue value, OnnxElementType elementType, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ClaimForOutput(name);
        AddOutput(value, new OnnxValueInfo(name, elementType, dimensions.ToArray()).ToProto());
    }

    /// <summary>
    /// A builder for a branch of If or the body of Loop or Scan, to be given to <see cref="OnnxAttribute.Graph"/> when it is complete.
    /// Its nodes may use this graph's values.
    /// </summary>
    public OnnxGraphBuilder SubGraph(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(this, name);
    }

    /// <summary>The finished model. The builder may go on and build again.</summary>
    /// <exception cref="InvalidOperationException">There is no output, or this builder makes a sub-graph.</exception>
    public OnnxModel Build()
    {
        if (_parent is not null) throw new InvalidOperationException($"'{_graph.Name}' is a sub-graph: give it to a node of '{_parent._graph.Name}'");
        if (_graph.Output.Count == 0) throw new InvalidOperationException($"graph '{_graph.Name}' has no output");
        var proto = new ModelProto
        {
            ProducerName = "MlNetSer",
            ProducerVersion = typeof(OnnxGraphBuilder).Assembly.GetName().Version!.ToString(3),
            Graph = ToGraph(),
        };
        if (DocString is not null) proto.DocString = DocString;
        _requirements.WriteTo(proto);
        return new OnnxModel(proto);
    }

    internal bool Sees(OnnxValue value)
    {
        for (var builder = this; builder is not null; builder = builder._parent)
            if (ReferenceEquals(builder, value.Owner)) return true;
        return false;
    }

    internal GraphProto ToGraph()
    {
        var graph = _graph.Clone();
        // Declared outputs have their final names already, which inner values may still bear.
        graph.Output.Clear();
        ValueNames.Rename(graph, _finalNames);
        graph.Output.AddRange(_graph.Output.Select(o => o.Clone()));
        return graph;
    }

    /// <summary>Adds an input whose name is claimed.</summary>
    internal OnnxValue AddInput(ValueInfoProto info)
    {
        _graph.Input.Add(info);
        return new OnnxValue(this, info.Name);
    }

    /// <summary>Adds an output whose name is claimed.</summary>
    internal void AddOutput(OnnxValue value, ValueInfoProto info)
    {
        if (!_nodeOutputs.Contains(value.Name) || _outputs.Contains(value.Name)) value = Identity(value);
        _finalNames[value.Name] = info.Name;
        _outputs.Add(value.Name);
        _graph.Output.Add(info);
    }
}
