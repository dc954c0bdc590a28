namespace MlNetSer.Onnx;

/// <summary>How many bytes tensors take.</summary>
internal static class TensorData
{
    /// <summary>Elements of a tensor, or null when a dimension is negative or the number exceeds what memory can hold.</summary>
    public static long? ElementCount(ReadOnlySpan<long> dimensions)
    {
        UInt128 count = 1;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0) return null;
            count *= (ulong)dimension;
            if (count > (UInt128)(long.MaxValue / 16)) return null;
        }
        return (long)count;
    }

    /// <summary>Bytes of a tensor, or null when dimensions are impossible or elements of that type have no fixed size.</summary>
    public static long? ByteCount(OnnxElementType type, ReadOnlySpan<long> dimensions) =>
        ElementCount(dimensions) is { } count && ElementTypes.Bits(type) is > 0 and var bits ? ((count * bits) + 7) / 8 : null;
}
