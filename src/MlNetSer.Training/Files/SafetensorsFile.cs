using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Named tensors and text entries in the safetensors layout, which other tools read too: length of the header, header as JSON, data. An
/// entry "sha256" covers the whole file (with its own digits as zeros), so that damage is noticed.
/// </summary>
internal static class SafetensorsFile
{
    private const string MetadataKey = "__metadata__";
    private const string ChecksumKey = "sha256";
    private const int LongestHeader = 1 << 24;
    private static readonly string NoChecksum = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>Writes the file atomically.</summary>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        var values = tensors.Select(t => (t.Name, Value: t.Value.detach().cpu().contiguous())).ToList();
        var header = Header(metadata, values);
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(text);
        foreach (var (_, value) in values) hash.AppendData(value.bytes);
        header[MetadataKey]![ChecksumKey] = Convert.ToHexStringLower(hash.GetHashAndReset());
        AtomicFile.Write(path, stream =>
        {
            var length = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            stream.Write(length);
            stream.Write(Encoding.UTF8.GetBytes(header.ToJsonString()));
            foreach (var (_, value) in values) stream.Write(value.bytes);
        });
    }

    /// <summary>Reads the file. The tensors are on the CPU and belong to the caller's dispose scope.</summary>
    /// <exception cref="RunException">The file is damaged, or none of this kind.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, Tensor> Tensors) Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new RunException($"{path} is damaged or no checkpoint ({e.Message}).", e);
        }
    }

    private static JsonObject Header(IEnumerable<KeyValuePair<string, string>> metadata, List<(string Name, Tensor Value)> values)
    {
        var entries = new JsonObject();
        foreach (var (key, value) in metadata) entries[key] = value;
        entries[ChecksumKey] = NoChecksum;
        var header = new JsonObject { [MetadataKey] = entries };
        var offset = 0L;
        foreach (var (name, value) in values)
        {
            var end = offset + value.bytes.Length;
            header[name] = new JsonObject
            {
                ["dtype"] = value.dtype switch
                {
                    ScalarType.Float32 => "F32",
                    ScalarType.Int64 => "I64",
                    var other => throw new NotSupportedException($"{name} is {other}: only float32 and int64 are stored."),
                },
                ["shape"] = new JsonArray([.. value.shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        return header;
    }

    private static (IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, Tensor>) Parse(byte[] file)
    {
        var length = file.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length < 2 || length > Math.Min(LongestHeader, file.Length - sizeof(long))) throw new FormatException("its header is cut off");
        var text = file.AsSpan(sizeof(long), (int)length);
        var data = file.AsSpan(sizeof(long) + (int)length);
        var header = JsonNode.Parse(text) as JsonObject ?? throw new FormatException("its header is no JSON object");
        var metadata = header[MetadataKey].Deserialize<Dictionary<string, string>>() ?? throw new FormatException("it has no entries");
        CheckSum(header, metadata, data);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, node) in header.Where(e => e.Key != MetadataKey))
        {
            var (type, shape, begin, end) = Describe(name, node, data.Length);
            var value = empty(shape, type);
            data[begin..end].CopyTo(value.bytes);
            tensors.Add(name, value);
        }
        return (metadata, tensors);
    }

    /// <summary>What the header says of a tensor, which takes the bytes that it says and no others.</summary>
    private static (ScalarType Type, long[] Shape, int Begin, int End) Describe(string name, JsonNode? entry, int length)
    {
        var type = (string?)entry?["dtype"] switch
        {
            "F32" => float32,
            "I64" => int64,
            var other => throw new FormatException($"{name} has type '{other}', expected F32 or I64"),
        };
        var (shape, offsets) = (entry["shape"].Deserialize<long[]>(), entry["data_offsets"].Deserialize<int[]>());
        if (shape is null || offsets is not [var begin, var end] || begin < 0 || end < begin || end > length)
            throw new FormatException($"{name} does not lie in its {length} bytes of data");
        var bytes = shape.Aggregate(type == int64 ? 8.0 : 4.0, (product, size) => size < 0 ? double.NaN : product * size);
        return bytes == end - begin ? (type, shape, begin, end) : throw new FormatException($"{name} is of another size than its data");
    }

    private static void CheckSum(JsonObject header, Dictionary<string, string> metadata, ReadOnlySpan<byte> data)
    {
        if (!metadata.Remove(ChecksumKey, out var stated)) throw new FormatException("it has no checksum");
        header[MetadataKey]![ChecksumKey] = NoChecksum;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(header.ToJsonString()));
        hash.AppendData(data);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != stated) throw new FormatException("its checksum is wrong");
    }
}
