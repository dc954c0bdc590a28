using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MlNetSer.Training.Tests;

/// <summary>Checkpoints of the three layouts around any pickle and any storages.</summary>
internal static class CheckpointBytes
{
    public static byte[] MagicNumber { get; } = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    public static byte[] Machine { get; } = PickleBytes.Start.Op('}').Text("little_endian").Raw(0x88).Op('s').Stop();

    /// <summary>The layout since 1.6, written by the platform's zip archive.</summary>
    public static byte[] Zip(byte[] pickle, params ReadOnlySpan<(string Key, byte[] Data)> storages)
    {
        var entries = new List<(string, byte[])> { ("m/data.pkl", pickle), ("m/byteorder", "little"u8.ToArray()), ("m/version", "3\n"u8.ToArray()) };
        foreach (var (key, data) in storages) entries.Add(($"m/data/{key}", data));
        return Zip(CompressionLevel.NoCompression, [.. entries]);
    }

    /// <summary>A state_dict of float tensors.</summary>
    public static byte[] Zip(IEnumerable<(string Name, long[] Shape, float[] Values)> state)
    {
        var pickle = PickleBytes.Start.OrderedDict();
        var storages = new List<(string, byte[])>();
        foreach (var (name, shape, values) in state)
        {
            var key = storages.Count.ToString(CultureInfo.InvariantCulture);
            var strides = shape.Select((_, d) => shape[(d + 1)..].Aggregate(1L, (a, b) => a * b)).ToArray();
            pickle.Text(name).Tensor(p => p.Storage(key, values.Length), 0, shape, strides).Op('s');
            storages.Add((key, Floats(values)));
        }
        return Zip(pickle.Stop(), [.. storages]);
    }

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return file.ToArray();
    }

    /// <summary>The layout of 0.2 to 1.5.</summary>
    public static byte[] Legacy(byte[] pickle, params ReadOnlySpan<(string Key, long Count, byte[] Data)> storages)
    {
        var keys = PickleBytes.Start.Op(']').Op('(');
        foreach (var (key, _, _) in storages) keys.Text(key);
        var parts = new List<byte[]> { MagicNumber, PickleBytes.Start.Number(1001).Stop(), Machine, pickle, keys.Op('e').Stop() };
        foreach (var (_, count, data) in storages) parts.AddRange([Number(count), data]);
        return [.. parts.SelectMany(p => p)];
    }

    /// <summary>The layout of 0.1: one storage, number 5, and one tensor over it, number 7.</summary>
    public static byte[] Tar(byte[] pickle, float[] storage, long[] shape, long[] strides)
    {
        byte[] storages =
        [
            .. PickleBytes.Start.Number(1).Stop(),
            .. PickleBytes.Start.Op('(').Number(5).Text("cuda:0").Global("torch", "FloatStorage").Op('t').Stop(),
            .. Number(storage.Length), .. Floats(storage),
            .. PickleBytes.Start.Op(']').Stop(),
        ];
        byte[] tensors =
        [
            .. PickleBytes.Start.Number(1).Stop(),
            .. PickleBytes.Start.Op('(').Number(7).Number(5).Global("torch.cuda", "FloatTensor").Op('t').Stop(),
            .. Number(shape.Length), .. shape.SelectMany(Number), .. strides.SelectMany(Number), .. Number(0),
        ];
        // Python 3 writes times with fractions, which need a header of their own.
        return Tar("27 mtime=1488000000.123456\n", ("sys_info", Machine), ("pickle", pickle), ("tensors", tensors), ("storages", storages));
    }

    public static byte[] Tar(params (string Name, byte[] Content)[] members) => Tar(members.Select(m => (m.Name, m.Content, Kind: '0')));

    /// <summary>With an extended header before the first member.</summary>
    public static byte[] Tar(string extended, params (string Name, byte[] Content)[] members) =>
        Tar(members.Select(m => (m.Name, m.Content, Kind: '0')).Prepend(("header", Encoding.ASCII.GetBytes(extended), 'x')));

    private static byte[] Tar(IEnumerable<(string Name, byte[] Content, char Kind)> members)
    {
        var file = new List<byte>();
        foreach (var (name, content, kind) in members)
        {
            var header = new byte[512];
            Encoding.ASCII.GetBytes(name, header);
            Encoding.ASCII.GetBytes("0000600\0", header.AsSpan(100));
            Encoding.ASCII.GetBytes(Convert.ToString(content.Length, 8).PadLeft(11, '0'), header.AsSpan(124));
            Encoding.ASCII.GetBytes($"00000000000\0        {kind}", header.AsSpan(136));
            Encoding.ASCII.GetBytes("ustar\000", header.AsSpan(257));
            Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ", header.AsSpan(148));
            file.AddRange(header);
            file.AddRange(content);
            file.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        }
        file.AddRange(new byte[1024]);
        return [.. file];
    }

    public static byte[] Floats(params ReadOnlySpan<float> values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    private static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Number(int value) => Number((long)value);
}
