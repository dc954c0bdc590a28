namespace MlNetSer.Onnx;

public sealed partial class OnnxGraphBuilder
{
    /// <summary>The value itself, under another name.</summary>
    public OnnxValue Identity(OnnxValue x) => Node("Identity", [x]);

    /// <summary>The same values as another element type.</summary>
    public OnnxValue Cast(OnnxValue x, OnnxElementType to) => Node("Cast", [x], ("to", (long)to));

    /// <summary>The dimensions of x as an int64 vector.</summary>
    public OnnxValue Shape(OnnxValue x) => Node("Shape", [x]);

    /// <summary>One dimension of x as an int64 vector of one element.</summary>
    public OnnxValue Dimension(OnnxValue x, long axis) =>
        axis == -1 ? Node("Shape", [x], ("start", -1)) : Node("Shape", [x], ("start", axis), ("end", axis + 1));

    /// <summary>Other dimensions over the same elements; one may be -1 (whatever is left), 0 copies the dimension of x.</summary>
    public OnnxValue Reshape(OnnxValue x, params ReadOnlySpan<long> shape) => Reshape(x, Ints(shape));

    /// <summary>Other dimensions over the same elements, computed at run time (int64 vector).</summary>
    public OnnxValue Reshape(OnnxValue x, OnnxValue shape) => Node("Reshape", [x, shape]);

    /// <summary>Dimensions in another order: dimension i of the result is dimension <paramref name="permutation"/>[i] of x.</summary>
    public OnnxValue Transpose(OnnxValue x, params ReadOnlySpan<long> permutation) => Node("Transpose", [x], ("perm", permutation.ToArray()));

    /// <summary>Two dimensions: what lies before <paramref name="axis"/>, and the rest.</summary>
    public OnnxValue Flatten(OnnxValue x, long axis = 1) => Node("Flatten", [x], ("axis", axis));

    /// <summary>Without these dimensions, each of size 1.</summary>
    public OnnxValue Squeeze(OnnxValue x, params ReadOnlySpan<long> axes) => Node("Squeeze", axes.IsEmpty ? [x] : [x, Ints(axes)]);

    /// <summary>With further dimensions of size 1 at these places of the result.</summary>
    public OnnxValue Unsqueeze(OnnxValue x, params ReadOnlySpan<long> axes) => Node("Unsqueeze", [x, Ints(axes)]);

    /// <summary>Values one after the other along one axis.</summary>
    public OnnxValue Concat(long axis, params ReadOnlySpan<OnnxValue> values) => Node("Concat", [.. values], ("axis", axis));

    /// <summary>Parts of given sizes along one axis.</summary>
    public OnnxValue[] Split(OnnxValue x, long axis, params ReadOnlySpan<long> sizes) =>
        Nodes("Split", sizes.Length, [x, Ints(sizes)], ("axis", axis));

    /// <summary>Parts of equal size along one axis, whose size must be a multiple of their number.</summary>
    public OnnxValue[] SplitEvenly(OnnxValue x, long axis, int parts) => Opset >= 18
        ? Nodes("Split", parts, [x], ("axis", axis), ("num_outputs", parts))
        : Nodes("Split", parts, [x], ("axis", axis));

    /// <summary>
    /// Elements <paramref name="start"/> (inclusive) to <paramref name="end"/> (exclusive) along one axis. Negative positions count from
    /// the end; positions beyond the ends are cut. A negative step walks backwards; <see cref="long.MinValue"/> as end then includes the first.
    /// </summary>
    public OnnxValue Slice(OnnxValue x, long axis, long start, long end = long.MaxValue, long step = 1) =>
        Slice(x, Ints(start), Ints(end), Ints(axis), step == 1 ? null : Ints(step));

    /// <summary>As the other overload, over several axes and with positions computed at run time (int64 vectors).</summary>
    public OnnxValue Slice(OnnxValue x, OnnxValue starts, OnnxValue ends, OnnxValue axes, OnnxValue? steps = null) =>
        Node("Slice", steps is null ? [x, starts, ends, axes] : [x, starts, ends, axes, steps]);

    /// <summary>Entries of x along one axis, at <paramref name="indices"/> (any shape); the result has the indices' shape in place of the axis.</summary>
    public OnnxValue Gather(OnnxValue x, OnnxValue indices, long axis = 0) => Node("Gather", [x, indices], ("axis", axis));

    /// <summary>Elements of x along one axis, each at its own index; the result has the indices' shape.</summary>
    public OnnxValue GatherElements(OnnxValue x, OnnxValue indices, long axis = 0) => Node("GatherElements", [x, indices], ("axis", axis));

    /// <summary>Broadcast to a shape given at run time (int64 vector).</summary>
    public OnnxValue Expand(OnnxValue x, OnnxValue shape) => Node("Expand", [x, shape]);

    /// <summary>Repeated along every dimension as often as <paramref name="repeats"/> (int64 vector) says.</summary>
    public OnnxValue Tile(OnnxValue x, OnnxValue repeats) => Node("Tile", [x, repeats]);

    /// <summary>More elements at the ends of each dimension.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="pads">int64 vector: how many at the start of every dimension, then how many at the end of every dimension.</param>
    /// <param name="mode"><c>constant</c>, <c>reflect</c> (without repeating the edge), <c>edge</c>, or <c>wrap</c> (from opset 19 on).</param>
    /// <param name="value">What to fill with in constant mode, a scalar; zero when left out.</param>
    /// <exception cref="NotSupportedException">The mode came with a later opset.</exception>
    public OnnxValue Pad(OnnxValue x, OnnxValue pads, string mode = "constant", OnnxValue? value = null)
    {
        if (mode == "wrap" && Opset < 19) throw new NotSupportedException($"Pad with mode 'wrap' needs opset 19, and this graph has {Opset}");
        return Node("Pad", value is null ? [x, pads] : [x, pads, value], ("mode", mode));
    }

    /// <summary>The same value everywhere, in a shape given at run time (int64 vector).</summary>
    /// <inheritdoc cref="OnnxTensor.Create{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public OnnxValue ConstantOfShape<T>(OnnxValue shape, T value) where T : unmanaged =>
        Node("ConstantOfShape", [shape], ("value", OnnxTensor.Create(new ReadOnlySpan<T>(in value), 1)));

    /// <summary>Numbers from <paramref name="start"/> in steps of <paramref name="step"/> up to, and without, <paramref name="limit"/>; all scalars of one type.</summary>
    public OnnxValue Range(OnnxValue start, OnnxValue limit, OnnxValue step) => Node("Range", [start, limit, step]);

    /// <summary>One branch or the other, chosen at run time; only that one is computed.</summary>
    /// <param name="condition">A bool scalar.</param>
    /// <param name="then">A sub-graph without inputs, for true.</param>
    /// <param name="otherwise">A sub-graph without inputs and as many outputs, for false.</param>
    /// <returns>The outputs of the branch taken.</returns>
    public OnnxValue[] If(OnnxValue condition, OnnxGraphBuilder then, OnnxGraphBuilder otherwise)
    {
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(otherwise);
        if (then._graph.Output.Count != otherwise._graph.Output.Count)
        {
            throw new ArgumentException(
                $"branch '{then._graph.Name}' has {then._graph.Output.Count} outputs, branch '{otherwise._graph.Name}' {otherwise._graph.Output.Count}",
                nameof(otherwise));
        }
        return Nodes("If", then._graph.Output.Count, [condition], ("then_branch", OnnxAttribute.Graph(then)), ("else_branch", OnnxAttribute.Graph(otherwise)));
    }
}
