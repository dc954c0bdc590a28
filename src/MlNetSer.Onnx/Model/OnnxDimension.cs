using System.Globalization;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// One dimension of an input or output: a fixed size, a name (any size; dimensions of the same name are equal), or unknown.
/// Numbers and strings convert implicitly: <c>1, "N"</c>. Immutable.
/// </summary>
public readonly record struct OnnxDimension
{
    private OnnxDimension(long? size, string? name)
    {
        Size = size;
        Name = name;
    }

    /// <summary>A dimension of any size, without a name.</summary>
    public static OnnxDimension Unknown => default;

    /// <summary>The fixed size, 0 or more; null when the size is only known at run time.</summary>
    public long? Size { get; }

    /// <summary>The name of a dimension whose size is only known at run time; null otherwise.</summary>
    public string? Name { get; }

    /// <summary>A dimension of a fixed size.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is negative.</exception>
    public static OnnxDimension Fixed(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return new(size, null);
    }

    /// <summary>A dimension whose size is only known at run time.</summary>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static OnnxDimension Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(null, name);
    }

    /// <summary>As <see cref="Fixed"/>.</summary>
    public static implicit operator OnnxDimension(long size) => Fixed(size);

    /// <summary>As <see cref="Named"/>.</summary>
    public static implicit operator OnnxDimension(string name) => Named(name);

    /// <summary>The size, the name, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Name ?? "?";

    internal static OnnxDimension From(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when dimension.DimValue >= 0 => new(dimension.DimValue, null),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => new(null, dimension.DimParam),
        _ => Unknown,
    };

    internal TensorShapeProto.Types.Dimension ToProto()
    {
        var proto = new TensorShapeProto.Types.Dimension();
        if (Size is { } size) proto.DimValue = size;
        else if (Name is not null) proto.DimParam = Name;
        return proto;
    }
}
