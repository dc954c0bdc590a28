using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

#pragma warning disable CA1720 // ONNX's kinds of attributes are named after the types of programming languages.

/// <summary>
/// A node's attribute value: a number, a text, a list of them, a tensor or a sub-graph. Numbers, texts, arrays and tensors
/// convert implicitly, so that attributes are written as <c>("axis", 1), ("kernel_shape", new long[] { 3, 3 })</c>.
/// </summary>
public sealed class OnnxAttribute
{
    private readonly Func<AttributeProto> _create;

    private OnnxAttribute(AttributeProto.Types.AttributeType type, Action<AttributeProto> set) => _create = () =>
    {
        var proto = new AttributeProto { Type = type };
        set(proto);
        return proto;
    };

    /// <summary>An integer.</summary>
    public static OnnxAttribute Int(long value) => new(AttributeProto.Types.AttributeType.Int, a => a.I = value);

    /// <summary>A floating point number.</summary>
    public static OnnxAttribute Float(float value) => new(AttributeProto.Types.AttributeType.Float, a => a.F = value);

    /// <summary>A text.</summary>
    public static OnnxAttribute Text(string value) =>
        new(AttributeProto.Types.AttributeType.String, a => a.S = ByteString.CopyFromUtf8(value));

    /// <summary>A list of integers.</summary>
    public static OnnxAttribute Ints(params IEnumerable<long> values) =>
        new(AttributeProto.Types.AttributeType.Ints, a => a.Ints.AddRange(values));

    /// <summary>A list of floating point numbers.</summary>
    public static OnnxAttribute Floats(params IEnumerable<float> values) =>
        new(AttributeProto.Types.AttributeType.Floats, a => a.Floats.AddRange(values));

    /// <summary>A list of texts.</summary>
    public static OnnxAttribute Texts(params IEnumerable<string> values) =>
        new(AttributeProto.Types.AttributeType.Strings, a => a.Strings.AddRange(values.Select(ByteString.CopyFromUtf8)));

    /// <summary>A constant tensor.</summary>
    public static OnnxAttribute Tensor(OnnxTensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(AttributeProto.Types.AttributeType.Tensor, a => a.T = value.ToProto(""));
    }

    /// <summary>An element type, as operators such as Cast take it.</summary>
    public static OnnxAttribute Type(OnnxElementType value) => Int((long)value);

    /// <summary>A sub-graph made by <see cref="OnnxGraphBuilder.SubGraph"/>: a branch of If, the body of Loop or Scan.</summary>
    public static OnnxAttribute Graph(OnnxGraphBuilder subGraph)
    {
        ArgumentNullException.ThrowIfNull(subGraph);
        return new(AttributeProto.Types.AttributeType.Graph, a => a.G = subGraph.ToGraph());
    }

    /// <summary>As <see cref="Int"/>.</summary>
    public static implicit operator OnnxAttribute(long value) => Int(value);

    /// <summary>As <see cref="Float"/>.</summary>
    public static implicit operator OnnxAttribute(float value) => Float(value);

    /// <summary>As <see cref="Int"/> with 1 or 0.</summary>
    public static implicit operator OnnxAttribute(bool value) => Int(value ? 1 : 0);

    /// <summary>As <see cref="Text"/>.</summary>
    public static implicit operator OnnxAttribute(string value) => Text(value);

    /// <summary>As <see cref="Ints"/>.</summary>
    public static implicit operator OnnxAttribute(long[] values) => Ints(values);

    /// <summary>As <see cref="Floats"/>.</summary>
    public static implicit operator OnnxAttribute(float[] values) => Floats(values);

    /// <summary>As <see cref="Texts"/>.</summary>
    public static implicit operator OnnxAttribute(string[] values) => Texts(values);

    /// <summary>As <see cref="Tensor"/>.</summary>
    public static implicit operator OnnxAttribute(OnnxTensor value) => Tensor(value);

    internal AttributeProto ToProto(string name)
    {
        var proto = _create();
        proto.Name = name;
        return proto;
    }
}
