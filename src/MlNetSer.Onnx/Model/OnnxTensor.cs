using System.Runtime.InteropServices;
using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// A constant tensor: weights, or an attribute's value. Elements lie in C order (the last dimension changes fastest), little-endian.
/// Immutable, so safe to share between threads and models.
/// </summary>
public sealed class OnnxTensor
{
    private readonly ByteString _data;
    private readonly long[] _dimensions;

    private OnnxTensor(OnnxElementType elementType, long[] dimensions, ByteString data)
    {
        ElementType = elementType;
        _dimensions = dimensions;
        _data = data;
    }

    /// <summary>The type of its elements.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>Its dimensions from the outermost on; none for a scalar.</summary>
    public IReadOnlyList<long> Dimensions => _dimensions;

    /// <summary>The elements' bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _data.Span;

    /// <summary>A tensor that holds a copy of <paramref name="values"/>.</summary>
    /// <typeparam name="T">float, double, <see cref="Half"/>, a signed or unsigned integer of 8 to 64 bits, or bool.</typeparam>
    /// <exception cref="ArgumentException">The dimensions do not hold that many values.</exception>
    /// <exception cref="NotSupportedException">ONNX has no element type for <typeparamref name="T"/>.</exception>
    public static OnnxTensor Create<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions) where T : unmanaged =>
        FromBytes(ElementTypes.Of<T>(), MemoryMarshal.AsBytes(values), dimensions);

    /// <summary>A tensor without dimensions.</summary>
    /// <inheritdoc cref="Create{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public static OnnxTensor Scalar<T>(T value) where T : unmanaged => Create(new ReadOnlySpan<T>(in value));

    /// <summary>A tensor that holds a copy of elements given as bytes, for element types that .NET lacks (bfloat16, 4 bits).</summary>
    /// <exception cref="ArgumentException">The number of bytes does not fit the dimensions, or elements of that type have no fixed size.</exception>
    public static OnnxTensor FromBytes(OnnxElementType elementType, ReadOnlySpan<byte> bytes, params ReadOnlySpan<long> dimensions)
    {
        var expected = TensorData.ByteCount(elementType, dimensions)
            ?? throw new ArgumentException($"elements of type {elementType} with dimensions [{string.Join(", ", dimensions.ToArray())}] have no fixed size", nameof(elementType));
        if (expected != bytes.Length)
        {
            throw new ArgumentException(
                $"{bytes.Length} bytes of {elementType} do not fill the dimensions [{string.Join(", ", dimensions.ToArray())}], which take {expected}",
                nameof(bytes));
        }
        return new(elementType, dimensions.ToArray(), ByteString.CopyFrom(bytes));
    }

    /// <summary>A copy of the elements.</summary>
    /// <exception cref="InvalidOperationException">The elements are not of type <typeparamref name="T"/>.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (ElementTypes.Of<T>() != ElementType)
            throw new InvalidOperationException($"the tensor holds {ElementType}, not {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(_data.Span).ToArray();
    }

    /// <summary>For example <c>Float32 [96, 971]</c>.</summary>
    public override string ToString() => $"{ElementType} [{string.Join(", ", _dimensions)}]";

    internal TensorProto ToProto(string name)
    {
        var proto = new TensorProto { Name = name, DataType = (int)ElementType, RawData = _data };
        proto.Dims.AddRange(_dimensions);
        return proto;
    }
}
