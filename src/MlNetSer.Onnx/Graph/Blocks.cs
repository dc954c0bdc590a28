namespace MlNetSer.Onnx;

/// <summary>Work on many rows that is done some rows at a time, so that memory does not grow with their number.</summary>
internal static class Blocks
{
    /// <summary>Computes rows [count, columns] in a loop over blocks of equal size; the last one is moved back to end with the last row.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="name">The body's name.</param>
    /// <param name="count">int64 [1]: how many rows there are, 1 or more.</param>
    /// <param name="largest">The most rows in a block. Up to so many take one turn.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="body">
    /// In the body's graph, from the first row and the number of rows (both int64 [1]): the block [rows, columns]. Its weights belong into the
    /// body's graph: ONNX Runtime lays out a convolution's weights only where both are in the same graph.
    /// </param>
    public static OnnxValue Run(
        OnnxGraphBuilder g, string name, OnnxValue count, int largest, int columns, Func<OnnxGraphBuilder, OnnxValue, OnnxValue, OnnxValue> body)
    {
        using var scope = g.Scope(name);
        var one = g.Ints(1);
        var blocks = (count + g.Ints(largest - 1)) / g.Ints(largest);
        var rows = (count + blocks - one) / blocks;
        var inner = g.SubGraph(name);
        var index = inner.Input($"{name}_index", OnnxElementType.Int64);
        var goOn = inner.Input($"{name}_condition", OnnxElementType.Bool);
        var block = body(inner, inner.Min(index * rows, count - rows), rows);
        inner.Output($"{name}_continue", goOn, OnnxElementType.Bool);
        inner.Output($"{name}_block", block, OnnxElementType.Float32, OnnxDimension.Unknown, columns);
        var stacked = g.Node("Loop", [g.Squeeze(blocks), g.Scalar(true)], ("body", OnnxAttribute.Graph(inner)));
        var all = g.Reshape(stacked, -1, columns);
        var regular = (blocks - one) * rows;
        var last = regular + rows + regular - count;
        return g.Concat(0, g.Slice(all, g.Ints(0), regular, g.Ints(0)), g.Slice(all, last, g.Ints(long.MaxValue), g.Ints(0)));
    }
}
