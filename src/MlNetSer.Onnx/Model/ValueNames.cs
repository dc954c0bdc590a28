using System.Globalization;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>The names of a graph's values, which its sub-graphs share.</summary>
internal static class ValueNames
{
    /// <summary>All names that a graph and its sub-graphs define or use, each once, as they come.</summary>
    public static IReadOnlyList<string> InOrder(GraphProto graph)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { "" };
        Visit(graph, name =>
        {
            if (seen.Add(name)) names.Add(name);
            return name;
        });
        return names;
    }

    /// <summary><paramref name="wanted"/>, or with the first number from 2 on that nobody uses.</summary>
    public static string Unused(string wanted, IReadOnlySet<string> used)
    {
        if (!used.Contains(wanted)) return wanted;
        for (var i = 2; ; i++)
        {
            var candidate = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{i}");
            if (!used.Contains(candidate)) return candidate;
        }
    }

    /// <summary>Renames values wherever the graph and its sub-graphs mention them.</summary>
    public static void Rename(GraphProto graph, IReadOnlyDictionary<string, string> map) =>
        Visit(graph, name => map.GetValueOrDefault(name, name));

    /// <summary>The graphs inside a node: branches of If, bodies of Loop and Scan.</summary>
    public static IEnumerable<GraphProto> SubGraphs(NodeProto node) =>
        node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G));

    private static void Visit(GraphProto graph, Func<string, string> replace)
    {
        foreach (var info in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo)) info.Name = replace(info.Name);
        foreach (var tensor in graph.Initializer) tensor.Name = replace(tensor.Name);
        foreach (var tensor in graph.SparseInitializer.Where(s => s.Values is not null)) tensor.Values.Name = replace(tensor.Values.Name);
        foreach (var annotation in graph.QuantizationAnnotation)
        {
            annotation.TensorName = replace(annotation.TensorName);
            foreach (var parameter in annotation.QuantParameterTensorNames) parameter.Value = replace(parameter.Value);
        }
        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++) node.Input[i] = replace(node.Input[i]);
            for (var i = 0; i < node.Output.Count; i++) node.Output[i] = replace(node.Output[i]);
            foreach (var subGraph in SubGraphs(node)) Visit(subGraph, replace);
        }
    }
}
