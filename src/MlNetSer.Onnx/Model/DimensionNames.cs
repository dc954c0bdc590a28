using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>The names of dimensions in the types that a graph and its sub-graphs declare.</summary>
internal static class DimensionNames
{
    public static HashSet<string> Of(GraphProto graph)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dimension in Dimensions(graph)) names.Add(dimension.DimParam);
        return names;
    }

    public static void Rename(GraphProto graph, IReadOnlyDictionary<string, string> map)
    {
        foreach (var dimension in Dimensions(graph)) dimension.DimParam = map.GetValueOrDefault(dimension.DimParam, dimension.DimParam);
    }

    private static IEnumerable<TensorShapeProto.Types.Dimension> Dimensions(GraphProto graph) =>
        graph.Input.Concat(graph.Output).Concat(graph.ValueInfo)
            .SelectMany(v => v.Type?.TensorType?.Shape?.Dim ?? [])
            .Where(d => d.HasDimParam && d.DimParam.Length > 0)
            .Concat(graph.Node.SelectMany(ValueNames.SubGraphs).SelectMany(Dimensions));
}
