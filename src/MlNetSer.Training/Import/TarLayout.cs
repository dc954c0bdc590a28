using System.Globalization;
using System.Text;

namespace MlNetSer.Training;

/// <summary>
/// The layout of PyTorch 0.1: a tar archive of the machine's facts, the storages, the tensors over them and the pickle, which names
/// tensors by number.
/// </summary>
internal static class TarLayout
{
    private const int BlockSize = 512;

    private static readonly string[] MemberNames = ["sys_info", "pickle", "tensors", "storages"];

    /// <summary>Whether the file starts with a tar header.</summary>
    public static bool IsTar(CheckpointReader source) =>
        source.End >= BlockSize && Encoding.ASCII.GetString(source.Window(257, 5).ReadBytes(5)) == "ustar";

    /// <summary>The pickle's value; its storages' places are known.</summary>
    public static object? Read(CheckpointReader source)
    {
        var members = Members(source);
        CheckpointReader Member(string name) => members.GetValueOrDefault(name) ?? throw source.Fail($"the archive has no member {name}");

        LegacyLayout.RequireLittleEndian(new PickleReader(Member("sys_info")).Load(), source);
        var tensors = Tensors(Member("tensors"), Storages(Member("storages")));
        return new PickleReader(Member("pickle"), (id, at) =>
            id is string text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var key)
                && tensors.TryGetValue(key, out var tensor)
                ? tensor
                : throw at.Fail($"there is no tensor {PickleGlobals.Describe(id)}")).Load();
    }

    private static StorageTable Storages(CheckpointReader source)
    {
        var storages = new StorageTable();
        for (var left = Number(source); left > 0; left--)
        {
            if (new PickleReader(source).Load() is not (object?[] and [long key, string, PickleGlobal { Element: { } element }]))
                throw source.Fail("a storage is not described as torch.save does");
            var at = source.Position;
            var storage = storages.Add(Key(key), element, source.ReadInt64(), source);
            source.Position = at;
            StorageTable.Place(storage, source);
        }
        if (new PickleReader(source).Load() is not PickleList { Items: [] })
            throw source.Fail("has views of storages, which are not supported");
        return storages;
    }

    private static Dictionary<long, PickleTensor> Tensors(CheckpointReader source, StorageTable storages)
    {
        var tensors = new Dictionary<long, PickleTensor>();
        for (var left = Number(source); left > 0; left--)
        {
            if (new PickleReader(source).Load() is not (object?[] and [long key, long storage, PickleGlobal]))
                throw source.Fail("a tensor is not described as torch.save does");
            var dimensions = source.ReadInt32();
            source.Skip(sizeof(int));
            var shape = Numbers(source, dimensions);
            var strides = Numbers(source, dimensions);
            var tensor = PickleGlobals.CreateTensor(storages.Get(Key(storage), source), source.ReadInt64(), shape, strides, source);
            if (!tensors.TryAdd(key, tensor)) throw source.Fail($"tensor {key} comes twice");
        }
        return tensors;
    }

    private static long Number(CheckpointReader source) =>
        new PickleReader(source).Load() is long number and >= 0 ? number : throw source.Fail("a count is no whole number");

    private static long[] Numbers(CheckpointReader source, long count)
    {
        if (count < 0 || count > (source.End - source.Position) / sizeof(long)) throw source.Fail($"a tensor of {count} dimensions");
        var numbers = new long[count];
        for (var i = 0; i < count; i++) numbers[i] = source.ReadInt64();
        return numbers;
    }

    private static string Key(long key) => key.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, CheckpointReader> Members(CheckpointReader source)
    {
        var members = new Dictionary<string, CheckpointReader>();
        while (source.End - source.Position >= BlockSize)
        {
            var at = source.Position;
            var header = source.ReadBytes(BlockSize);
            if (!header.AsSpan().ContainsAnyExcept((byte)0)) break;
            var size = Octal(header, 124, 12, source);
            var checksum = header.Sum(b => (long)b) - header.AsSpan(148, 8).ToArray().Sum(b => (long)b) + (8 * ' ');
            if (Octal(header, 148, 8, source) != checksum) throw source.FailAt(at, "a tar header's checksum is wrong");
            var content = source.Window(source.Position, size);
            source.Skip(Math.Min(source.End - source.Position, (size + BlockSize - 1) / BlockSize * BlockSize));
            // Python writes times with fractions into an extended header of their own; other facts in one would change what follows.
            const char extendedHeader = 'x';
            if (header[156] == extendedHeader && IsHarmless(content)) continue;

            var name = Encoding.Latin1.GetString(header, 0, 100).TrimEnd('\0');
            if (header[156] is not ((byte)'0' or 0) || !MemberNames.Contains(name))
                throw source.FailAt(at, $"a member {CheckpointReader.Quote(name)} of kind {header[156]} has no place in a checkpoint");
            if (!members.TryAdd(name, content)) throw source.FailAt(at, $"the member {name} comes twice");
        }
        return members;
    }

    private static bool IsHarmless(CheckpointReader extendedHeader)
    {
        const int longest = 4096;
        if (extendedHeader.End - extendedHeader.Position > longest) return false;
        var text = Encoding.Latin1.GetString(extendedHeader.ReadBytes(extendedHeader.End - extendedHeader.Position));
        return !text.Contains("path=", StringComparison.Ordinal) && !text.Contains("size=", StringComparison.Ordinal);
    }

    private static long Octal(byte[] header, int offset, int length, CheckpointReader source)
    {
        var value = 0L;
        foreach (var digit in Encoding.Latin1.GetString(header, offset, length).Trim('\0', ' '))
            value = digit is >= '0' and <= '7' ? (value * 8) + digit - '0' : throw source.Fail("a tar header's number is not octal");
        return value;
    }
}
