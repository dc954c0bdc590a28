using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// The names of dimensions in declared types. A name means one size throughout a model, and runtimes plan memory by it.
/// </summary>
internal static class DimensionNames
{
    public static IEnumerable<string> Of(IEnumerable<ValueInfoProto> values) => Named(values).Select(d => d.DimParam);

    public static void Rename(IEnumerable<ValueInfoProto> values, IReadOnlyDictionary<string, string> map)
    {
        foreach (var dimension in Named(values)) dimension.DimParam = map.GetValueOrDefault(dimension.DimParam, dimension.DimParam);
    }

    /// <summary>Drops what a graph says about the shapes of inner values; runtimes infer them anew.</summary>
    public static void Forget(GraphProto graph)
    {
        graph.ValueInfo.Clear();
        foreach (var subGraph in graph.Node.SelectMany(ValueNames.SubGraphs))
        {
            foreach (var dimension in Named(subGraph.Input.Concat(subGraph.Output))) dimension.ClearValue();
            Forget(subGraph);
        }
    }

    private static IEnumerable<TensorShapeProto.Types.Dimension> Named(IEnumerable<ValueInfoProto> values) =>
        values.SelectMany(v => v.Type?.TensorType?.Shape?.Dim ?? []).Where(d => d.HasDimParam && d.DimParam.Length > 0);
}
