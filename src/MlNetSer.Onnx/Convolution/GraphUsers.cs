using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Which nodes of a graph use a value and which one makes it.</summary>
internal sealed class GraphUsers
{
    private readonly ILookup<string, NodeProto> _users;
    private readonly Dictionary<string, NodeProto> _makers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;

    public GraphUsers(GraphProto graph)
    {
        _outputs = [.. graph.Output.Select(o => o.Name)];
        _users = graph.Node.SelectMany(node => Uses(node).Select(value => (value, node))).ToLookup(use => use.value, use => use.node, StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output) _makers[output] = node;
        }
    }

    /// <summary>The node that uses a value, if it is the only one, uses it but once, as an input of its own, and the value leaves the graph nowhere else.</summary>
    public NodeProto? Only(string value) => !_outputs.Contains(value) && _users[value].ToList() is [{ } user] && user.Input.Count(i => i == value) == 1 ? user : null;

    /// <summary>The node that makes a value; null for an input or an initializer of the graph.</summary>
    public NodeProto? Maker(string value) => _makers.GetValueOrDefault(value);

    /// <summary>What a node uses, its sub-graphs included, whose own values come along.</summary>
    public static IEnumerable<string> Uses(NodeProto node) => node.Input.Concat(ValueNames.SubGraphs(node).SelectMany(ValueNames.InOrder));

    /// <summary>Removes weights that nothing uses any more, which ONNX Runtime would warn of.</summary>
    public static void RemoveUnusedWeights(GraphProto graph)
    {
        var used = graph.Output.Select(o => o.Name).Concat(graph.Input.Select(i => i.Name)).Concat(graph.Node.SelectMany(Uses)).ToHashSet(StringComparer.Ordinal);
        foreach (var weight in graph.Initializer.Where(w => !used.Contains(w.Name)).ToList()) graph.Initializer.Remove(weight);
    }
}
