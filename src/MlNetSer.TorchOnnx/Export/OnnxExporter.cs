using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// What a module uses to describe itself as an ONNX graph: the graph builder, its child modules, its weights. Made by the export; not safe
/// for use by several threads at once.
/// </summary>
public sealed class OnnxExporter
{
    private readonly ShapeTrace _shapes;
    private readonly Dictionary<(nn.Module, string), OnnxValue> _weights = [];
    private readonly IReadOnlyDictionary<nn.Module, string> _paths;
    private readonly Stack<(nn.Module Module, string Path)> _current = [];

    internal OnnxExporter(OnnxGraphBuilder graph, OnnxExportOptions options, nn.Module root, ShapeTrace shapes)
    {
        Graph = graph;
        Options = options;
        _shapes = shapes;
        _paths = ModuleTree.Paths(root);
    }

    /// <summary>The graph under construction, with all of ONNX's usual operations.</summary>
    public OnnxGraphBuilder Graph { get; }

    /// <summary>Where the module that is being exported lies in the tree, as <c>encoder.layer1.conv</c>.</summary>
    internal string Path => _current.TryPeek(out var current) ? current.Path : "";

    /// <summary>
    /// Exports modules that take and give one tensor, one after the other. Batch normalisation right after a convolution or linear layer
    /// becomes part of its weights, so pass them together: nothing else may use the tensor between them.
    /// </summary>
    /// <param name="x">What the first module takes.</param>
    /// <param name="modules">Modules, normally children of the one that is being exported.</param>
    /// <returns>What the last module gives.</returns>
    /// <exception cref="OnnxExportException">A module has no rule and does not describe itself.</exception>
    public OnnxValue Apply(OnnxValue x, params ReadOnlySpan<nn.Module> modules)
    {
        ArgumentNullException.ThrowIfNull(x);
        return ModuleChain.Export(this, x, [.. modules]);
    }

    /// <summary>Exports a module with any number of inputs and outputs.</summary>
    /// <param name="module">The module, normally a child of the one that is being exported.</param>
    /// <param name="inputs">The tensors that it takes, in order; null for one that is left out.</param>
    /// <returns>The tensors that it gives, in order.</returns>
    /// <exception cref="OnnxExportException">The module has no rule and does not describe itself.</exception>
    public IReadOnlyList<OnnxValue> Call(nn.Module module, params IReadOnlyList<OnnxValue?> inputs)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(inputs);
        return Enter(module, () => ModuleRules.For(this, module)(this, module, inputs));
    }

    /// <summary>Adds a tensor of the module that is being exported, such as a parameter, as a constant. Asking again gives the same one.</summary>
    /// <param name="name">Its name within the module.</param>
    /// <param name="tensor">Its values, of any floating point or integer type; floating point becomes float32.</param>
    /// <param name="channelAxis">
    /// For a weight that may be stored as <see cref="OnnxExportOptions.Weights"/> says: the dimension of its output channels. Null, the
    /// default, keeps float32.
    /// </param>
    public OnnxValue Weight(string name, Tensor tensor, int? channelAxis = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensor);
        return Weight(name, () => tensor, channelAxis);
    }

    /// <summary>The options of this export.</summary>
    internal OnnxExportOptions Options { get; }

    /// <summary>As the public overload, but the tensor is only computed where it is not in the graph yet.</summary>
    internal OnnxValue Weight(string name, Func<Tensor> tensor, int? channelAxis = null)
    {
        var key = (_current.Peek().Module, name);
        if (!_weights.TryGetValue(key, out var weight))
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            weight = channelAxis is { } axis
                ? StoredWeight.Write(Graph, name, tensor(), axis, Format)
                : Graph.Initializer(name, WeightReader.Read(tensor()));
            _weights.Add(key, weight);
        }
        return weight;
    }

    /// <summary>x · weight for a weight [inputs, outputs].</summary>
    internal OnnxValue MatMul(OnnxValue x, string name, Func<Tensor> weight)
    {
        if (Format != WeightFormat.Int8) return Graph.MatMul(x, Weight(name, weight, channelAxis: 1));
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return StoredWeight.MultiplyQuantised(Graph, x, name, weight());
    }

    /// <summary>How the weights of the current module are stored.</summary>
    internal WeightFormat Format
    {
        get
        {
            var path = Path;
            var kept = Options.KeepFloat32.Any(place => path == place || path.StartsWith($"{place}.", StringComparison.Ordinal));
            return kept ? WeightFormat.Float32 : Options.Weights;
        }
    }

    /// <summary>The dimensions of what the module takes, as far as they are known; see <see cref="ShapeTrace.InputShape"/>.</summary>
    internal IReadOnlyList<long?>? InputShape(nn.Module module) => _shapes.InputShape(module);

    /// <summary>The number of dimensions of what the module takes.</summary>
    /// <exception cref="OnnxExportException">It is not known.</exception>
    internal int Rank(nn.Module module) => InputShape(module)?.Count ?? throw new OnnxExportException(
        $"cannot export {Describe(module)}: how many dimensions its input has did not show when the model ran on random inputs, because it "
        + "was used with several or through forward instead of call");

    /// <summary>One size of what the module takes: a number where it is known.</summary>
    internal ShapePart Size(nn.Module module, OnnxValue x, int axis) =>
        InputShape(module)?[axis] is { } size ? size : ShapePart.Of(Graph.Dimension(x, axis));

    /// <summary>A shape as an int64 vector: a constant as far as its parts are known.</summary>
    internal OnnxValue Shape(params ReadOnlySpan<ShapePart> parts) => ShapePart.Join(Graph, parts);

    /// <summary>
    /// The shape of what the module takes, for reshaping back something that kept its first dimension: a constant where all others are known.
    /// </summary>
    internal OnnxValue ShapeOf(nn.Module module, OnnxValue x)
    {
        var shape = InputShape(module);
        return shape is not null && shape.Skip(1).All(size => size is not null)
            ? Graph.Ints([0, .. shape.Skip(1).Select(size => size!.Value)])
            : Graph.Shape(x);
    }

    /// <summary>Exports a layer that ONNX knows for batches only, where the module also takes a single item.</summary>
    internal OnnxValue Batched(nn.Module module, int batchedRank, OnnxValue x, Func<OnnxValue, OnnxValue> export) =>
        InputShape(module)?.Count == batchedRank - 1 ? Graph.Squeeze(export(Graph.Unsqueeze(x, 0)), 0) : export(x);

    /// <summary>Type and place of a module, for messages.</summary>
    internal string Describe(nn.Module module)
    {
        var path = _paths.GetValueOrDefault(module) ?? Path;
        return path.Length == 0 ? module.GetType().Name : $"'{path}' ({module.GetType().Name})";
    }

    /// <summary>Runs <paramref name="export"/> with the module as the one that is being exported.</summary>
    internal T Enter<T>(nn.Module module, Func<T> export)
    {
        var outer = Path;
        var path = _paths.GetValueOrDefault(module) ?? $"{outer}.{module.GetType().Name}".TrimStart('.');
        var name = outer.Length > 0 && path.StartsWith($"{outer}.", StringComparison.Ordinal) ? path[(outer.Length + 1)..] : path;
        _current.Push((module, path));
        try
        {
            if (name.Length == 0) return export();
            using (Graph.Scope(name)) return export();
        }
        finally
        {
            _current.Pop();
        }
    }
}
