using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

public sealed partial class OnnxGraphBuilder
{
    /// <summary>
    /// Adds all nodes and weights of a model to this graph. Inner names stay as they are behind the current <see cref="Scope"/>; one that is
    /// taken gets a number. Inputs of the model that have a default keep it.
    /// </summary>
    /// <param name="model">A model of this graph's opset. It is not changed.</param>
    /// <param name="inputs">What to feed to its <see cref="OnnxModel.Inputs"/>, in order.</param>
    /// <returns>Its outputs, in order.</returns>
    /// <exception cref="OnnxModelException">Opsets or functions of the same name differ.</exception>
    /// <exception cref="ArgumentException">The number of inputs differs, or an input belongs to another graph.</exception>
    public OnnxValue[] Inline(OnnxModel model, params ReadOnlySpan<OnnxValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        var expected = model.Inputs;
        if (expected.Count != inputs.Length)
            throw new ArgumentException($"'{model.Name}' takes {expected.Count} inputs ({string.Join(", ", expected.Select(i => i.Name))}), not {inputs.Length}", nameof(inputs));
        foreach (var input in inputs)
        {
            ArgumentNullException.ThrowIfNull(input, nameof(inputs));
            if (!Sees(input))
                throw new ArgumentException($"graph '{_graph.Name}' cannot use '{input.Name}', which belongs to graph '{input.Owner._graph.Name}'", nameof(inputs));
        }
        _requirements.Add(model, _graph.Name);

        var graph = model.Proto.Graph.Clone();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++) names.Add(expected[i].Name, inputs[i].Name);
        AddPart(graph, names);
        return [.. graph.Output.Select(o => new OnnxValue(this, o.Name))];
    }

    /// <summary>Adds copies of some nodes and weights of a model to this graph, so that a model can be put together from its parts in another way.</summary>
    /// <param name="model">A model of this graph's opset. It is not changed.</param>
    /// <param name="nodes">Nodes, in the model's order, to be added as they are.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="names">
    /// From the model's names to those in this graph: at first of what the nodes use and what is not among them, afterwards of what they give, too.
    /// </param>
    /// <exception cref="OnnxModelException">Opsets or functions of the same name differ.</exception>
    internal void Inline(OnnxModel model, IEnumerable<NodeProto> nodes, IEnumerable<TensorProto> weights, Dictionary<string, string> names)
    {
        _requirements.Add(model, _graph.Name);
        var part = new GraphProto();
        part.Node.AddRange(nodes.Select(n => n.Clone()));
        part.Initializer.AddRange(weights.Select(w => w.Clone()));
        AddPart(part, names);
    }

    private void AddPart(GraphProto graph, Dictionary<string, string> names)
    {
        foreach (var name in ValueNames.InOrder(graph)) if (!names.ContainsKey(name)) names.Add(name, Unique(name));
        foreach (var node in graph.Node)
        {
            node.Name = node.Name.Length == 0 ? "" : names.TryGetValue(node.Name, out var value) ? value : Unique(node.Name);
            foreach (var output in node.Output.Where(o => o.Length > 0)) _nodeOutputs.Add(names[output]);
        }
        ValueNames.Rename(graph, names);
        // What was noted on the shapes of inner values may use names of dimensions that mean something else here.
        DimensionNames.Forget(graph);

        _graph.Node.AddRange(graph.Node);
        _graph.Initializer.AddRange(graph.Initializer);
        _graph.SparseInitializer.AddRange(graph.SparseInitializer);
        _graph.QuantizationAnnotation.AddRange(graph.QuantizationAnnotation);
    }
}
