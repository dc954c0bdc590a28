using Google.Protobuf.Collections;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Whether graphs compute the same by the same nodes, whatever their values are called.</summary>
internal static class GraphMatch
{
    /// <summary>Whether a graph begins with the nodes of another, with the same weights.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="expected">The other.</param>
    /// <param name="names">From names in <paramref name="expected"/> to those in <paramref name="graph"/>, at first of its inputs, afterwards of all its values.</param>
    public static bool Begins(GraphProto graph, GraphProto expected, Dictionary<string, string> names)
    {
        if (graph.Node.Count < expected.Node.Count) return false;
        var scope = new Scope(graph, expected, null);
        return expected.Node.Zip(graph.Node).All(pair => Same(pair.Second, pair.First, names, scope));
    }

    private static bool Same(NodeProto node, NodeProto expected, Dictionary<string, string> names, Scope scope)
    {
        if (node.OpType != expected.OpType || node.Domain != expected.Domain) return false;
        if (node.Input.Count != expected.Input.Count || node.Output.Count != expected.Output.Count || node.Attribute.Count != expected.Attribute.Count) return false;
        if (!node.Input.Zip(expected.Input).All(input => SameValue(input.First, input.Second, names, scope))) return false;
        if (!node.Attribute.Zip(expected.Attribute).All(attribute => Same(attribute.First, attribute.Second, names, scope))) return false;
        foreach (var (output, expectedOutput) in node.Output.Zip(expected.Output)) names[expectedOutput] = output;
        return true;
    }

    private static bool Same(AttributeProto attribute, AttributeProto expected, Dictionary<string, string> names, Scope scope)
    {
        if (expected.G is null || attribute.G is null) return attribute.Equals(expected);
        var (graph, expectedGraph) = (attribute.G, expected.G);
        if (attribute.Name != expected.Name || graph.Node.Count != expectedGraph.Node.Count || graph.Input.Count != expectedGraph.Input.Count) return false;
        foreach (var (input, expectedInput) in graph.Input.Zip(expectedGraph.Input)) names[expectedInput.Name] = input.Name;
        var inner = new Scope(graph, expectedGraph, scope);
        return expectedGraph.Node.Zip(graph.Node).All(pair => Same(pair.Second, pair.First, names, inner))
            && graph.Output.Select(o => o.Name).SequenceEqual(expectedGraph.Output.Select(o => names.GetValueOrDefault(o.Name)));
    }

    private static bool SameValue(string name, string expected, Dictionary<string, string> names, Scope scope)
    {
        if (names.TryGetValue(expected, out var known)) return known == name;
        if (scope.Find(name, expected) is not ({ } weight, { } expectedWeight)) return name == expected && name.Length == 0;
        var same = weight.DataType == expectedWeight.DataType && weight.Dims.SequenceEqual(expectedWeight.Dims) && SameData(weight, expectedWeight);
        if (same) names[expected] = name;
        return same;
    }

    private static bool SameData(TensorProto weight, TensorProto expected) =>
        weight.RawData.Span.SequenceEqual(expected.RawData.Span) && Same(weight.FloatData, expected.FloatData) && Same(weight.Int64Data, expected.Int64Data)
        && Same(weight.Int32Data, expected.Int32Data) && weight.ExternalData.Count == 0;

    private static bool Same<T>(RepeatedField<T> values, RepeatedField<T> expected) => values.Equals(expected);

    /// <summary>Weights that nodes see.</summary>
    private sealed class Scope(GraphProto graph, GraphProto expected, Scope? outer)
    {
        private readonly Dictionary<string, TensorProto> _weights = graph.Initializer.ToDictionary(i => i.Name, StringComparer.Ordinal);
        private readonly Dictionary<string, TensorProto> _expected = expected.Initializer.ToDictionary(i => i.Name, StringComparer.Ordinal);

        public (TensorProto? Weight, TensorProto? Expected) Find(string name, string expectedName)
        {
            var (weight, expected) = (_weights.GetValueOrDefault(name), _expected.GetValueOrDefault(expectedName));
            return weight is null && expected is null && outer is not null ? outer.Find(name, expectedName) : (weight, expected);
        }
    }
}
