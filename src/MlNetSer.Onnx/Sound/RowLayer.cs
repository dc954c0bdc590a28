using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>A node that makes each row (frame) of its output from a few rows of its input: a convolution, a max pooling, what is done to each value.</summary>
/// <param name="Node">The node.</param>
/// <param name="Kernel">Rows that one row is made from.</param>
/// <param name="Stride">Rows from the beginning of one such window to the next.</param>
/// <param name="Top">Rows of padding before the first row.</param>
/// <param name="Bottom">Rows of padding after the last row.</param>
internal sealed record RowLayer(NodeProto Node, int Kernel, int Stride, int Top, int Bottom)
{
    public bool IsConvolution => Node.OpType is "Conv" or "QLinearConv";

    public string Output => Node.Output[0];

    private bool IsByValue => Node.OpType is not ("Conv" or "QLinearConv" or "MaxPool");

    /// <summary>Reads a node; null if it is of another kind, or dilated, or leaves its padding to the runtime.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isNumber">Whether a value is a constant of one element.</param>
    public static RowLayer? From(NodeProto node, Func<string, bool> isNumber)
    {
        if (node.Domain.Length > 0) return null;
        if (node.OpType is "Relu" or "Mul" or "QuantizeLinear" or "DequantizeLinear")
            return node.Input.Skip(1).All(isNumber) ? new(node, 1, 1, 0, 0) : null;
        if (node.OpType is not ("Conv" or "QLinearConv" or "MaxPool") || node.Output.Count != 1) return null;
        var (kernel, strides, pads, dilations) = (Ints("kernel_shape"), Ints("strides"), Ints("pads"), Ints("dilations"));
        if (kernel.Length != 2 || dilations.Any(d => d != 1)) return null;
        if (node.Attribute.Any(a => (a.Name == "auto_pad" && a.S.ToStringUtf8() != "NOTSET") || (a.Name == "ceil_mode" && a.I != 0))) return null;
        return new(node, (int)kernel[0], strides.Length == 2 ? (int)strides[0] : 1, pads.Length == 4 ? (int)pads[0] : 0, pads.Length == 4 ? (int)pads[2] : 0);

        long[] Ints(string name) => [.. node.Attribute.FirstOrDefault(a => a.Name == name)?.Ints ?? []];
    }

    /// <summary>Rows that it makes of so many.</summary>
    public int Rows(int rows) => ((rows + Top + Bottom - Kernel) / Stride) + 1;

    /// <summary>The node with other padding before and after the rows.</summary>
    public NodeProto WithPadding(int top, int bottom)
    {
        var node = Node.Clone();
        if (IsByValue) return node;
        var attribute = node.Attribute.FirstOrDefault(a => a.Name == "pads");
        if (attribute is null) node.Attribute.Add(attribute = OnnxAttribute.Ints(0, 0, 0, 0).ToProto("pads"));
        (attribute.Ints[0], attribute.Ints[2]) = (top, bottom);
        return node;
    }
}
