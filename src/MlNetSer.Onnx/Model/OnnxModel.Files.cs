using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

public sealed partial class OnnxModel
{
    // Nodes and names come on top of the weights.
    private const long LargestWeights = int.MaxValue - (64L << 20);

    /// <summary>How many bytes the weights take.</summary>
    public long WeightBytes => Weigh(_proto);

    /// <summary>Whether the weights are too large for one file, so that only <see cref="SaveWithExternalData"/> can write the model.</summary>
    public bool NeedsExternalData => WeightBytes > LargestWeights;

    /// <summary>Reads a model from a file, and weights from the file beside it where the model has put them there.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxModelException">The file is no ONNX model, its weights cannot be found, or it is damaged; the message names it.</exception>
    public static OnnxModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}': no such ONNX file", path);
        using var stream = File.OpenRead(path);
        if (stream.Length > int.MaxValue) throw new OnnxModelException($"'{path}': not an ONNX model (one file holds at most 2 GiB, this one has {stream.Length} bytes)");
        return Parse(() => ModelProto.Parser.ParseFrom(stream), Path.GetDirectoryName(Path.GetFullPath(path)), $"'{path}'");
    }

    /// <summary>Reads a model from memory.</summary>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model, are damaged, or its weights lie in another file.</exception>
    public static OnnxModel Load(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Parse(() => ModelProto.Parser.ParseFrom(bytes), null, $"these {bytes.Length} bytes");
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
        var proto = Serializable(ToFile());
        AtomicFile.Write(path, proto.WriteTo);
    }

    /// <summary>
    /// Writes the model with its large weights in a second file, <c>NAME.data</c> beside it, as models above 2 GiB need. Both files are
    /// complete before either replaces an older one.
    /// </summary>
    /// <param name="path">The model's file.</param>
    /// <param name="minimumBytes">Weights of at least this size go into the second file.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OnnxModelException">What remains exceeds the 2 GiB that one file can hold.</exception>
    public void SaveWithExternalData(string path, int minimumBytes = 1 << 16)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumBytes);
        var proto = ToFile().Clone();
        var weightsPath = path + ".data";
        using var weights = new AtomicFile(weightsPath);
        weights.Fill(proto.Graph, (stream, graph) => ExternalData.MoveOut(graph, minimumBytes, Path.GetFileName(weightsPath), stream));
        using var model = new AtomicFile(path);
        model.Fill(Serializable(proto), static (stream, proto) => proto.WriteTo(stream));
        weights.Keep();
        model.Keep();
    }

    /// <summary>The bytes of the model's file. The same model gives the same bytes.</summary>
    /// <exception cref="OnnxModelException">The model exceeds the 2 GiB that one file can hold.</exception>
    public byte[] ToBytes() => Serializable(ToFile()).ToByteArray();

    private static OnnxModel Parse(Func<ModelProto> parse, string? folder, string source)
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
        ExternalData.MoveIn(proto.Graph, folder, source);
        ModelChecksum.Check(proto, source);
        return new OnnxModel(proto);
    }

    /// <summary>The model as a file has it: with its checksum, if it is to have one.</summary>
    private ModelProto ToFile()
    {
        var proto = ToProto();
        if (!Metadata.ContainsKey(ModelChecksum.Key)) return proto;
        Metadata[ModelChecksum.Key] = ModelChecksum.Of(proto);
        return ToProto();
    }

    private static long Weigh(ModelProto proto) => TensorData.All(proto.Graph).Sum(t => (long)t.RawData.Length);

    private static ModelProto Serializable(ModelProto proto)
    {
        var weights = Weigh(proto);
        return weights <= LargestWeights
            ? proto
            : throw new OnnxModelException($"the weights of '{proto.Graph.Name}' take {weights} bytes, and one ONNX file holds at most 2 GiB: save it with external data");
    }
}
