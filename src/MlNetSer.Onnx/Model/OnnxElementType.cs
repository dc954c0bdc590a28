namespace MlNetSer.Onnx;

#pragma warning disable CA1720 // ONNX's element types are named after the types of programming languages.

/// <summary>The type of a tensor's elements, with the numbers that ONNX gives to them.</summary>
public enum OnnxElementType
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>32-bit floating point.</summary>
    Float32 = 1,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 2,

    /// <summary>8-bit signed integer.</summary>
    Int8 = 3,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16 = 4,

    /// <summary>16-bit signed integer.</summary>
    Int16 = 5,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 6,

    /// <summary>64-bit signed integer: shapes, axes, indices.</summary>
    Int64 = 7,

    /// <summary>UTF-8 text.</summary>
    String = 8,

    /// <summary>True or false, one byte each.</summary>
    Bool = 9,

    /// <summary>16-bit floating point (IEEE half precision).</summary>
    Float16 = 10,

    /// <summary>64-bit floating point.</summary>
    Float64 = 11,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 12,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 13,

    /// <summary>Two 32-bit floating point numbers.</summary>
    Complex64 = 14,

    /// <summary>Two 64-bit floating point numbers.</summary>
    Complex128 = 15,

    /// <summary>16-bit floating point with float32's exponent.</summary>
    BFloat16 = 16,

    /// <summary>8-bit floating point, 4 exponent and 3 mantissa bits, no infinities (opset 19).</summary>
    Float8E4M3FN = 17,

    /// <summary>As <see cref="Float8E4M3FN"/> without a negative zero (opset 19).</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8-bit floating point, 5 exponent and 2 mantissa bits (opset 19).</summary>
    Float8E5M2 = 19,

    /// <summary>As <see cref="Float8E5M2"/> without infinities and negative zero (opset 19).</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>4-bit unsigned integer, two in a byte (opset 21).</summary>
    UInt4 = 21,

    /// <summary>4-bit signed integer, two in a byte (opset 21).</summary>
    Int4 = 22,
}

/// <summary>Sizes of elements, and the .NET types that hold them.</summary>
internal static class ElementTypes
{
    /// <summary>Bits of one element, or 0 where elements have no fixed size or ONNX has added the type since.</summary>
    public static int Bits(OnnxElementType type) => type switch
    {
        OnnxElementType.UInt4 or OnnxElementType.Int4 => 4,
        OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 8,
        OnnxElementType.Float8E4M3FN or OnnxElementType.Float8E4M3FNUZ => 8,
        OnnxElementType.Float8E5M2 or OnnxElementType.Float8E5M2FNUZ => 8,
        OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => 16,
        OnnxElementType.UInt32 or OnnxElementType.Int32 or OnnxElementType.Float32 => 32,
        OnnxElementType.UInt64 or OnnxElementType.Int64 or OnnxElementType.Float64 or OnnxElementType.Complex64 => 64,
        OnnxElementType.Complex128 => 128,
        _ => 0,
    };

    public static OnnxElementType Of<T>() where T : unmanaged => default(T) switch
    {
        float => OnnxElementType.Float32,
        double => OnnxElementType.Float64,
        Half => OnnxElementType.Float16,
        long => OnnxElementType.Int64,
        int => OnnxElementType.Int32,
        short => OnnxElementType.Int16,
        sbyte => OnnxElementType.Int8,
        ulong => OnnxElementType.UInt64,
        uint => OnnxElementType.UInt32,
        ushort => OnnxElementType.UInt16,
        byte => OnnxElementType.UInt8,
        bool => OnnxElementType.Bool,
        _ => throw new NotSupportedException(
            $"ONNX has no element type for {typeof(T).Name}; expected a floating point or integer type, Half or bool"),
    };
}
