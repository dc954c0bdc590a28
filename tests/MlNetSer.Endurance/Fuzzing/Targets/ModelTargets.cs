using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MlNetSer.Onnx;
using MlNetSer.Onnx.Protobuf;
using MlNetSer.Testing;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Endurance;

/// <summary>Files with weights.</summary>
internal static class ModelTargets
{
    private static readonly TemporaryFolder Folder = new();

    public static FuzzTarget Onnx { get; } = new("onnx", ReadOnnx, e => e is OnnxModelException)
    {
        Tokens = Texts("Conv", "Relu", "If", "Loop", "ai.onnx", "waveform", "embedding", "mlnetser.format", "mlnetser.log_mel", "location", "model.data"),
        Repair = RepairOnnx,
        MostMemory = 10_000_000,
    };

    /// <summary>The entries of a sound model, a line each.</summary>
    public static FuzzTarget Metadata { get; } = new("metadata", ReadMetadata, e => e is SoundModelException)
    {
        Tokens = Texts(
            "mlnetser.", "format=", "log_mel=", "{\"sampleRate\":", "null", "NaN", "Infinity", "1e999", "-1", "2147483648", "[\"a\",\"b\"]", "Maximum", "\n", "\"fftSize\":1048576"),
    };

    public static FuzzTarget TorchCheckpoints { get; } = new(
        "pth",
        bytes => TorchCheckpoint.Read(new MemoryStream(bytes), "fuzzed.pth", CancellationToken.None),
        e => e is TorchCheckpointException)
    {
        Tokens =
        [
            .. Texts("ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "ccollections\nOrderedDict\n", "data.pkl", "storage", "cpu"),
            .. "(.)IJKMNQRTUX]abcehjqrstu}"u8.ToArray().Select(opcode => new[] { opcode }), [0x80, 2], [0x85], [0x8A], [0x8B], [0x93], [0x94], [0x95],
        ],
    };

    /// <summary>A run's checkpoints and what evens out its embeddings: read as the latter, which is small.</summary>
    public static FuzzTarget Tensors { get; } = new("safetensors", ReadTensors, e => e is RunException)
    {
        Tokens = Texts(
            "\"F32\"", "\"I64\"", "\"shape\":[", "\"data_offsets\":[", "\"__metadata__\":", "\"sha256\":", "null", "-1", "0", "4294967296", "9223372036854775807", "[]", "{}", "\\ud800", "\n"),
        Repair = RepairTensors,
        // The first one loads libtorch.
        MostMemory = 5_000_000,
    };

    private static void ReadOnnx(byte[] content)
    {
        var model = OnnxModel.Load(content);
        foreach (var end in model.Inputs.Concat(model.Outputs)) _ = end.ToString();
        _ = model.FindProblems();
        _ = OnnxModel.Load(model.ToBytes()).ToBytes();
        if (model.Outputs.FirstOrDefault(o => o.Name.Length > 0) is { } output && model.Inputs.Concat(model.Outputs).All(i => i.Name != "Features"))
            model.Rename(output.Name, "Features");
        SoundModelInfo.Read(model);
    }

    private static byte[] RepairOnnx(byte[] content)
    {
        try
        {
            var model = ModelProto.Parser.ParseFrom(content);
            if (model.Graph is null || model.MetadataProps.FirstOrDefault(e => e.Key == ModelChecksum.Key) is not { } checksum) return content;
            checksum.Value = ModelChecksum.Of(model);
            return model.ToByteArray();
        }
        catch (InvalidProtocolBufferException)
        {
            return content;
        }
    }

    private static void ReadTensors(byte[] content)
    {
        TorchRuntime.EnsureLoaded();
        var path = Folder.File("fuzzed.safetensors");
        File.WriteAllBytes(path, content);
        _ = Whitening.Read(path, embeddingSize: 4);
    }

    private static byte[] RepairTensors(byte[] content)
    {
        var length = content.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(content);
        if (length < 0 || length > content.Length - sizeof(long)) return content;
        var data = content.AsSpan(sizeof(long) + (int)length);
        try
        {
            if (JsonNode.Parse(content.AsSpan(sizeof(long), (int)length)) is not JsonObject header || header["__metadata__"] is not JsonObject entries) return content;
            entries["sha256"] = new string('0', 64);
            entries["sha256"] = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(header.ToJsonString()), .. data]));
            var text = Encoding.UTF8.GetBytes(header.ToJsonString());
            return [.. BitConverter.GetBytes((long)text.Length), .. text, .. data];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return content;
        }
    }

    private static void ReadMetadata(byte[] content)
    {
        var model = new OnnxModel(new() { IrVersion = 8, Graph = new() { Name = "fuzzed" } });
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            if (line.Split('=', 2) is [var key, var value]) model.Metadata[key] = value;
        }
        _ = SoundModelInfo.Read(model).ToString();
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
