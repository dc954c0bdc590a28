using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>How much data tensors take.</summary>
internal static class TensorData
{
    /// <summary>Elements of a tensor, or null when a dimension is negative or the number exceeds what memory can hold.</summary>
    public static long? ElementCount(ReadOnlySpan<long> dimensions)
    {
        UInt128 count = 1;
        var empty = false;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0) return null;
            empty |= dimension == 0;
            count *= (ulong)Math.Max(dimension, 1);
            if (count > (UInt128)(long.MaxValue / 128)) return null;
        }
        return empty ? 0 : (long)count;
    }

    /// <summary>Bytes of a tensor, or null when dimensions are impossible or elements of that type have no fixed size.</summary>
    public static long? ByteCount(OnnxElementType type, ReadOnlySpan<long> dimensions) =>
        ElementCount(dimensions) is { } count ? Expected(type, count, raw: true) : null;

    /// <summary>Bytes of raw data, or numbers in the field for the type; null where this library does not know.</summary>
    public static long? Expected(OnnxElementType type, long count, bool raw)
    {
        if (type == OnnxElementType.String) return raw ? null : count;
        var bits = ElementTypes.Bits(type);
        if (bits == 0) return null;
        if (raw || bits < 8) return ((count * bits) + 7) / 8;
        return type is OnnxElementType.Complex64 or OnnxElementType.Complex128 ? 2 * count : count;
    }

    /// <summary>Numbers in the field that holds elements of the type when there are no raw data.</summary>
    public static int Entries(TensorProto tensor, OnnxElementType type) => type switch
    {
        OnnxElementType.Float32 or OnnxElementType.Complex64 => tensor.FloatData.Count,
        OnnxElementType.Float64 or OnnxElementType.Complex128 => tensor.DoubleData.Count,
        OnnxElementType.Int64 => tensor.Int64Data.Count,
        OnnxElementType.UInt32 or OnnxElementType.UInt64 => tensor.Uint64Data.Count,
        OnnxElementType.String => tensor.StringData.Count,
        _ => tensor.Int32Data.Count,
    };

    /// <summary>The initializers of a graph and its sub-graphs.</summary>
    public static IEnumerable<TensorProto> Initializers(GraphProto graph) =>
        graph.Initializer.Concat(graph.Node.SelectMany(ValueNames.SubGraphs).SelectMany(Initializers));

    /// <summary>All tensors of a graph and its sub-graphs.</summary>
    public static IEnumerable<TensorProto> All(GraphProto graph)
    {
        var attributes = graph.Node.SelectMany(n => n.Attribute);
        return graph.Initializer
            .Concat(graph.SparseInitializer.SelectMany(s => new[] { s.Values, s.Indices }).Where(t => t is not null))
            .Concat(attributes.SelectMany(a => a.T is null ? a.Tensors : a.Tensors.Prepend(a.T)))
            .Concat(graph.Node.SelectMany(ValueNames.SubGraphs).SelectMany(All));
    }
}
