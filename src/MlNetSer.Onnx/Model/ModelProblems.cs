using Google.Protobuf.Collections;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Looks for what breaks ONNX's rules in a model, without knowing the operators.</summary>
internal sealed class ModelProblems
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _domains = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Find(ModelProto model)
    {
        var finder = new ModelProblems();
        finder.Imports(model.OpsetImport);
        if (model.Graph.Name.Length == 0) finder._problems.Add("the graph has no name");
        foreach (var info in model.Graph.Input.Concat(model.Graph.Output))
            if (info.Type is null) finder._problems.Add($"input or output '{info.Name}' has no type");
        finder.Graph(model.Graph, new HashSet<string>(StringComparer.Ordinal), "");
        foreach (var function in model.Functions) Function(function, finder._problems);
        return finder._problems;
    }

    private static void Function(FunctionProto function, List<string> problems)
    {
        var finder = new ModelProblems();
        finder.Imports(function.OpsetImport);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in function.Input) finder.Define(input, known, "an input");
        finder.Nodes(function.Node, known);
        foreach (var output in function.Output.Where(o => !known.Contains(o))) finder._problems.Add($"output '{output}' is not computed");
        problems.AddRange(finder._problems.Select(p => $"in function '{function.Name}': {p}"));
    }

    private void Imports(IEnumerable<OperatorSetIdProto> imports)
    {
        foreach (var import in imports)
        {
            var domain = import.Domain == "ai.onnx" ? "" : import.Domain;
            if (!_domains.Add(domain)) _problems.Add($"the opset of domain '{domain}' is given twice");
            if (import.Version <= 0) _problems.Add($"opset {import.Version} of domain '{domain}': expected 1 or more");
        }
    }

    private void Graph(GraphProto graph, HashSet<string> outer, string where)
    {
        var before = _problems.Count;
        var known = new HashSet<string>(outer, StringComparer.Ordinal);
        foreach (var input in graph.Input) Define(input.Name, known, "an input");
        // An initializer may give an input its default, so it is only a duplicate of another initializer.
        var initializers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            Define(tensor.Name, initializers, "an initializer");
            Tensor(tensor, $"initializer '{tensor.Name}'");
        }
        foreach (var name in graph.SparseInitializer.Select(s => s.Values?.Name ?? "")) Define(name, initializers, "an initializer");
        known.UnionWith(initializers);
        Nodes(graph.Node, known);
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in graph.Output)
        {
            Define(output.Name, outputs, "an output");
            if (output.Name.Length > 0 && !known.Contains(output.Name)) _problems.Add($"output '{output.Name}' is not computed");
        }
        if (graph.Output.Count == 0) _problems.Add("there is no output");
        if (where.Length == 0) return;
        for (var i = before; i < _problems.Count; i++) _problems[i] = $"in {where}: {_problems[i]}";
    }

    private void Nodes(RepeatedField<NodeProto> nodes, HashSet<string> known)
    {
        var computed = nodes.SelectMany(n => n.Output).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            var name = node.Name.Length > 0 ? $"node '{node.Name}'" : $"node {i} ({node.OpType})";
            if (node.OpType.Length == 0) _problems.Add($"{name} has no operator");
            if (!_domains.Contains(node.Domain == "ai.onnx" ? "" : node.Domain)) _problems.Add($"{name} is of domain '{node.Domain}', whose opset is not given");
            foreach (var input in node.Input.Where(x => x.Length > 0 && !known.Contains(x)))
            {
                _problems.Add(computed.Contains(input)
                    ? $"{name} uses '{input}' before it is computed: the nodes are not in order, or form a cycle"
                    : $"{name} uses '{input}', which nothing defines");
            }
            Attributes(node, name, known);
            foreach (var output in node.Output.Where(x => x.Length > 0)) Define(output, known, "a value");
        }
    }

    private void Attributes(NodeProto node, string name, HashSet<string> known)
    {
        var attributes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attribute in node.Attribute)
        {
            Define(attribute.Name, attributes, $"an attribute of {name}");
            foreach (var tensor in attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T))
                Tensor(tensor, $"attribute '{attribute.Name}' of {name}");
        }
        foreach (var subGraph in ValueNames.SubGraphs(node)) Graph(subGraph, known, $"sub-graph '{subGraph.Name}' of {name}");
    }

    private void Define(string name, HashSet<string> known, string kind)
    {
        if (name.Length == 0) _problems.Add($"{kind} has no name");
        else if (!known.Add(name)) _problems.Add($"the name '{name}' is given twice (the second time to {kind})");
    }

    private void Tensor(TensorProto tensor, string name)
    {
        var dimensions = tensor.Dims.ToArray();
        if (TensorData.ElementCount(dimensions) is not { } count)
        {
            _problems.Add($"{name} has impossible dimensions [{string.Join(", ", dimensions)}]");
            return;
        }
        var type = (OnnxElementType)tensor.DataType;
        if (type == OnnxElementType.Undefined)
        {
            _problems.Add($"{name} has no element type");
        }
        else if (tensor.DataLocation != TensorProto.Types.DataLocation.External && TensorData.Expected(type, count, tensor.HasRawData) is { } expected)
        {
            var actual = tensor.HasRawData ? tensor.RawData.Length : TensorData.Entries(tensor, type);
            if (actual != expected)
                _problems.Add($"{name} holds {actual} {(tensor.HasRawData ? "bytes" : "numbers")}; {type} [{string.Join(", ", dimensions)}] takes {expected}");
        }
    }
}
