namespace MlNetSer.Training;

/// <summary>
/// Reads the tensors of a PyTorch checkpoint (.pth, .pt) as torch.save writes it: the zip layout since version 1.6, the legacy layout
/// before it and the tar archives of version 0.1. Nothing in the file is executed, PyTorch is not needed, and a file that asks for anything
/// but tensors, numbers and texts in dictionaries, lists and tuples is refused.
/// </summary>
/// <remarks>Thread safe. Memory stays within a small multiple of the file's size, whatever the file claims.</remarks>
public static class TorchCheckpoint
{
    // Bytes that may be read and made per byte of the file: one-byte numbers become floats, and tied weights are read once for each name.
    private const int MostGrowth = 16;

    // What a tensor costs beside its values.
    private const int TensorOverhead = 256;

    /// <summary>All tensors of the file in its order. Those in nested dictionaries and lists are named with dots.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="cancellation">Ends the reading between two tensors.</param>
    /// <returns>The tensors by name; numbers, texts, booleans and None are left out.</returns>
    /// <exception cref="TorchCheckpointException">The file is no such checkpoint, is damaged or is refused.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, CheckpointTensor> Read(string path, CancellationToken cancellation = default)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path, cancellation);
    }

    /// <summary>As the public one, from a stream that can seek.</summary>
    internal static IReadOnlyDictionary<string, CheckpointTensor> Read(Stream stream, string path, CancellationToken cancellation)
    {
        var source = new CheckpointReader(stream, path);
        var found = NamedTensors.Find(ReadValue(source), source);
        CheckSize(found, source);

        var tensors = new OrderedDictionary<string, CheckpointTensor>(found.Count);
        foreach (var (name, tensor) in found)
        {
            cancellation.ThrowIfCancellationRequested();
            tensors.Add(name, new CheckpointTensor(tensor.Shape, Values(name, tensor, source)));
        }
        return tensors;
    }

    private static object? ReadValue(CheckpointReader source)
    {
        const byte pickleStart = (byte)PickleOpcode.Proto;
        if (ZipDirectory.IsZip(source)) return ZipLayout.Read(source);
        if (TarLayout.IsTar(source)) return TarLayout.Read(source);
        if (source.End > 0 && source.Window(0, 1).ReadByte() == pickleStart) return LegacyLayout.Read(source);
        throw source.Fail("is no PyTorch checkpoint: neither a zip archive, nor a tar archive, nor a pickle");
    }

    private static void CheckSize(OrderedDictionary<string, PickleTensor> tensors, CheckpointReader source)
    {
        Int128 needed = 0;
        foreach (var tensor in tensors.Values)
            needed += TensorOverhead + ((Int128)tensor.Count * sizeof(float)) + ((Int128)tensor.Span * tensor.Storage.Element.Size());
        // A small file may hold many scalars, so the least is not tied to its length.
        const int least = 1 << 20;
        if (needed > least + ((Int128)MostGrowth * source.FileLength))
            throw source.Fail($"its {tensors.Count} tensors need {needed} bytes, far more than the file's {source.FileLength}");
    }

    private static float[] Values(string name, PickleTensor tensor, CheckpointReader source)
    {
        if (tensor.Count == 0) return [];
        if (tensor.Storage.Offset is not { } start)
            throw source.Fail($"{tensor.Storage.Label} of {CheckpointReader.Quote(name)} has no data");
        var (element, size) = (tensor.Storage.Element, tensor.Storage.Element.Size());
        var bytes = source.Window(start + (tensor.Offset * size), tensor.Span * size).ReadBytes(tensor.Span * size);

        var values = new float[tensor.Count];
        var index = new long[tensor.Shape.Length];
        var from = 0L;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = element.ToSingle(bytes.AsSpan((int)from * size));
            for (var d = index.Length - 1; d >= 0; d--)
            {
                from += tensor.Strides[d];
                if (++index[d] < tensor.Shape[d]) break;
                from -= index[d] * tensor.Strides[d];
                index[d] = 0;
            }
        }
        return values;
    }
}
