using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

public sealed partial class OnnxModel
{
    /// <summary>Reads a model from a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxModelException">The file is no ONNX model; the message names it.</exception>
    public static OnnxModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}': no such ONNX file", path);
        using var stream = File.OpenRead(path);
        return Parse(() => ModelProto.Parser.ParseFrom(stream), $"'{path}'");
    }

    /// <summary>Reads a model from memory.</summary>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model.</exception>
    public static OnnxModel Load(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Parse(() => ModelProto.Parser.ParseFrom(bytes), $"these {bytes.Length} bytes");
    }

    /// <summary>
    /// Writes the model. The same model gives the same bytes. An existing file is replaced at once, by a move, so that
    /// no reader sees half a model and a failure leaves the old one in place.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OnnxModelException">The model exceeds the 2 GiB that one file can hold.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var proto = Serializable();
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                proto.WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The bytes of the model's file. The same model gives the same bytes.</summary>
    /// <exception cref="OnnxModelException">The model exceeds the 2 GiB that one file can hold.</exception>
    public byte[] ToBytes() => Serializable().ToByteArray();

    private static OnnxModel Parse(Func<ModelProto> parse, string source)
    {
        ModelProto proto;
        try
        {
            proto = parse();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxModelException($"{source}: not an ONNX model ({e.Message})", e);
        }
        if (proto.Graph is null || proto.IrVersion <= 0) throw new OnnxModelException($"{source}: not an ONNX model (no graph in it)");
        return new OnnxModel(proto);
    }

    private ModelProto Serializable()
    {
        var proto = ToProto();
        long weights = proto.Graph.Initializer.Sum(i => (long)i.RawData.Length);
        if (weights >= int.MaxValue) throw new OnnxModelException($"the weights take {weights} bytes; one ONNX file holds at most 2 GiB");
        return proto;
    }
}
