using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Finds stacks of 3 x 3 convolutions in a model and puts an operator of a domain of this library's own in the place of each.</summary>
internal sealed class ConvolutionStacks
{
    private readonly Dictionary<string, TensorProto> _weights = new(StringComparer.Ordinal);
    private readonly List<ConvolutionStack> _found = [];
    private readonly Func<int, int, bool> _fits;

    private ConvolutionStacks(Func<int, int, bool> fits) => _fits = fits;

    /// <summary>Takes the stacks out of a model.</summary>
    /// <param name="model">Its nodes are replaced.</param>
    /// <param name="fits">Whether a convolution with so many channels going in and coming out is to be taken.</param>
    /// <returns>What the new operators must compute: each takes float32 [N, channels, height, width] and what is to be added to the result, if anything.</returns>
    public static IReadOnlyList<ConvolutionStack> Take(OnnxModel model, Func<int, int, bool> fits)
    {
        var stacks = new ConvolutionStacks(fits);
        stacks.Visit(model.Proto.Graph);
        if (stacks._found.Count > 0) KernelDomain.Import(model);
        return stacks._found;
    }

    private void Visit(GraphProto graph)
    {
        // What a graph calls by a name of the graph around it is another value within.
        var outer = new Dictionary<string, TensorProto>(_weights, StringComparer.Ordinal);
        foreach (var input in graph.Input) _weights.Remove(input.Name);
        foreach (var output in graph.Node.SelectMany(n => n.Output)) _weights.Remove(output);
        var inputs = graph.Input.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var weight in graph.Initializer.Where(w => !inputs.Contains(w.Name))) _weights[weight.Name] = weight;
        var users = new GraphUsers(graph);
        var taken = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Node.ToList())
        {
            foreach (var subGraph in ValueNames.SubGraphs(node)) Visit(subGraph);
            if (!taken.Contains(node) && StackCandidate.From(node, users, Layer, name => _weights.GetValueOrDefault(name)?.Dims.FirstOrDefault()) is { } candidate) Replace(graph, candidate, taken);
        }
        if (_found.Count > 0) GraphUsers.RemoveUnusedWeights(graph);
        _weights.Clear();
        foreach (var (name, weight) in outer) _weights[name] = weight;
    }

    private void Replace(GraphProto graph, StackCandidate candidate, HashSet<NodeProto> taken)
    {
        var name = $"ConvolutionStack{_found.Count}";
        _found.Add(new(name, candidate.Layers, candidate.Added is not null, candidate.ReluOfSum));
        var own = new NodeProto { OpType = name, Domain = KernelDomain.Name, Name = candidate.Nodes[0].Name };
        own.Input.Add(candidate.Nodes[0].Input[0]);
        if (candidate.Added is { } added) own.Input.Add(added);
        own.Output.Add(candidate.Nodes[^1].Output[0]);
        // Behind everything that the last of them waited for.
        graph.Node[graph.Node.IndexOf(candidate.Nodes[^1])] = own;
        foreach (var node in candidate.Nodes.SkipLast(1)) graph.Node.Remove(node);
        taken.UnionWith(candidate.Nodes);
    }

    private ConvolutionLayer? Layer(NodeProto node)
    {
        if (node.Domain.Length > 0 || node.OpType != "Conv" || node.Input.Count is < 2 or > 3) return null;
        if (node.Attribute.Any(a => !IsPlain(a)) || Weights(node.Input[1]) is not { } filters || filters.Dimensions is not [{ } outputs, { } inputs, 3, 3]) return null;
        if (outputs > int.MaxValue || inputs > int.MaxValue || !_fits((int)inputs, (int)outputs)) return null;
        var bias = node.Input.Count == 3 && node.Input[2].Length > 0 ? Weights(node.Input[2]) : OnnxTensor.Create<float>(new float[outputs], outputs);
        if (bias is null || bias.Dimensions is not [{ } length] || length != outputs) return null;
        long[] pads = [.. node.Attribute.FirstOrDefault(a => a.Name == "pads")?.Ints ?? []];
        if (pads.Length == 0) pads = new long[4];
        if (pads.Length != 4 || pads.Any(p => p is not (0 or 1))) return null;
        return new((int)inputs, (int)outputs, filters.ToArray<float>(), bias.ToArray<float>(), ((int)pads[0], (int)pads[1], (int)pads[2], (int)pads[3]), false, false);

        static bool IsPlain(AttributeProto attribute) => attribute.Name switch
        {
            "kernel_shape" => attribute.Ints.SequenceEqual([3, 3]),
            "strides" or "dilations" => attribute.Ints.All(i => i == 1),
            "group" => attribute.I == 1,
            "auto_pad" => attribute.S.ToStringUtf8() == "NOTSET",
            "pads" => true,
            _ => false,
        };
    }

    private OnnxTensor? Weights(string name) =>
        _weights.TryGetValue(name, out var tensor) && tensor.DataType == (int)OnnxElementType.Float32 && tensor.RawData.Length > 0 && tensor.ExternalData.Count == 0
            ? OnnxTensor.FromBytes(OnnxElementType.Float32, tensor.RawData.Span, [.. tensor.Dims])
            : null;
}
