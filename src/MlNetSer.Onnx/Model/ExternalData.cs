using System.Globalization;
using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Weights in a file beside the model.</summary>
internal static class ExternalData
{
    // Runtimes map weights into memory page by page.
    private const int Alignment = 4096;
    private const string LocationKey = "location";
    private const string OffsetKey = "offset";
    private const string LengthKey = "length";

    /// <summary>Writes the large weights of a graph to a stream, and points to them instead.</summary>
    public static void MoveOut(GraphProto graph, int minimumBytes, string fileName, Stream stream)
    {
        foreach (var tensor in TensorData.Initializers(graph).Where(t => t.RawData.Length >= minimumBytes))
        {
            while (stream.Position % Alignment != 0) stream.WriteByte(0);
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = LocationKey, Value = fileName });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = OffsetKey, Value = stream.Position.ToString(CultureInfo.InvariantCulture) });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = LengthKey, Value = tensor.RawData.Length.ToString(CultureInfo.InvariantCulture) });
            stream.Write(tensor.RawData.Span);
            tensor.ClearRawData();
        }
    }

    /// <summary>Reads the weights that lie outside into the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="folder">Where the model lies; null when it came without a folder.</param>
    /// <param name="source">What to call the model in messages.</param>
    /// <exception cref="OnnxModelException">They are absent, too short or outside the folder.</exception>
    public static void MoveIn(GraphProto graph, string? folder, string source)
    {
        foreach (var tensor in TensorData.All(graph).Where(t => t.DataLocation == TensorProto.Types.DataLocation.External))
        {
            var location = Entry(tensor, LocationKey) ?? "";
            if (folder is null) throw new OnnxModelException($"{source}: weights lie in the file '{location}' beside the model; load it by its path");
            var path = Path.GetFullPath(Path.Combine(folder, location));
            if (location.Length == 0 || !path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new OnnxModelException($"{source}: weight '{tensor.Name}' lies in '{location}', expected a file in the model's folder");
            if (!File.Exists(path)) throw new OnnxModelException($"{source}: its weights are missing: no file '{path}'");
            tensor.RawData = Read(tensor, path, source);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    private static ByteString Read(TensorProto tensor, string path, string source)
    {
        using var file = File.OpenRead(path);
        var offset = Number(OffsetKey) ?? 0;
        var length = Number(LengthKey) ?? TensorData.ByteCount((OnnxElementType)tensor.DataType, tensor.Dims.ToArray()) ?? -1;
        if (offset < 0 || length < 0 || length > Array.MaxLength || offset > file.Length - length)
            throw new OnnxModelException($"{source}: weight '{tensor.Name}' is {length} bytes at {offset} of '{path}', which has {file.Length}");
        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);

        long? Number(string key) => Entry(tensor, key) is not { } text ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw new OnnxModelException($"{source}: weight '{tensor.Name}' has {key} '{text}', expected a number");
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;
}
