using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx;

/// <summary>One dimension of a shape: a number, or a value of the graph (int64 vector of one element).</summary>
internal readonly record struct ShapePart
{
    private ShapePart(long known, OnnxValue? computed) => (Known, Computed) = (known, computed);

    private long Known { get; }

    private OnnxValue? Computed { get; }

    public static implicit operator ShapePart(long known) => new(known, null);

    internal static ShapePart Of(OnnxValue computed) => new(0, computed);

    /// <summary>The dimension times a number.</summary>
    internal ShapePart Times(OnnxGraphBuilder graph, long factor) => Computed is null ? Known * factor : Of(Computed * graph.Ints(factor));

    /// <summary>The dimension over a number, cut towards zero.</summary>
    internal ShapePart Over(OnnxGraphBuilder graph, long divisor) => Computed is null ? Known / divisor : Of(Computed / graph.Ints(divisor));

    /// <summary>The dimension as a value of the graph.</summary>
    internal OnnxValue Value(OnnxGraphBuilder graph) => Computed ?? graph.Ints(Known);

    /// <summary>All parts as one int64 vector; neighbours that are known become one constant.</summary>
    internal static OnnxValue Join(OnnxGraphBuilder graph, ReadOnlySpan<ShapePart> parts)
    {
        List<OnnxValue> pieces = [];
        List<long> known = [];
        foreach (var part in parts)
        {
            if (part.Computed is null)
            {
                known.Add(part.Known);
                continue;
            }
            if (known.Count > 0) pieces.Add(graph.Ints([.. known]));
            known.Clear();
            pieces.Add(part.Computed);
        }
        if (known.Count > 0) pieces.Add(graph.Ints([.. known]));
        return pieces.Count == 1 ? pieces[0] : graph.Concat(0, [.. pieces]);
    }
}
