using System.Buffers.Binary;

namespace MlNetSer.Training;

/// <summary>
/// The entries of a zip archive as windows of the file. Only what torch.save writes is read: stored, not compressed, so that an archive
/// never grows when it is opened.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054B50, End64Signature = 0x06064B50, Locator64Signature = 0x07064B50;
    private const uint EntrySignature = 0x02014B50, LocalSignature = 0x04034B50;
    private const int EndSize = 22, LongestComment = ushort.MaxValue, Locator64Size = 20, EntrySize = 46;

    /// <summary>Whether the file starts with an entry of a zip archive.</summary>
    public static bool IsZip(CheckpointReader source) => source.End >= 4 && source.Window(0, 4).ReadUInt32() == LocalSignature;

    /// <summary>The contents of the entries by name.</summary>
    public static Dictionary<string, CheckpointReader> Read(CheckpointReader source)
    {
        var (count, directory) = Locate(source);
        var entries = new Dictionary<string, CheckpointReader>();
        for (var left = count; left > 0; left--)
        {
            var at = directory.Position;
            var (name, content) = ReadEntry(directory, source);
            if (!entries.TryAdd(name, content)) throw source.FailAt(at, $"the entry {CheckpointReader.Quote(name)} comes twice");
        }
        var end = 0L;
        foreach (var (name, content) in entries.OrderBy(e => e.Value.Position))
        {
            if (content.Position < end) throw source.FailAt(content.Position, $"the entry {CheckpointReader.Quote(name)} overlaps another");
            end = content.End;
        }
        return entries;
    }

    private static (long Count, CheckpointReader Directory) Locate(CheckpointReader source)
    {
        var tail = Math.Min(source.End, EndSize + LongestComment);
        var bytes = source.Window(source.End - tail, tail).ReadBytes(tail);
        for (var i = bytes.Length - EndSize; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)) != EndSignature) continue;
            var at = source.End - tail + i;
            var end = source.Window(at, EndSize);
            end.Skip(10);
            var (count, size, offset) = ((long)end.ReadUInt16(), (long)end.ReadUInt32(), (long)end.ReadUInt32());
            if (count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue) (count, size, offset) = Locate64(source, at);
            if (count < 0 || size < 0 || count > size / EntrySize)
                throw source.FailAt(at, $"the zip directory has {count} entries in {size} bytes");
            return (count, source.Window(offset, size));
        }
        throw source.FailAt(source.End, "the zip archive has no directory: the file is cut off or damaged");
    }

    private static (long Count, long Size, long Offset) Locate64(CheckpointReader source, long end)
    {
        var locator = source.Window(end - Locator64Size, Locator64Size);
        if (locator.ReadUInt32() != Locator64Signature) throw locator.Fail("the zip archive has no 64-bit directory, which it says it has");
        locator.Skip(4);
        var record = source.Window(locator.ReadInt64(), 56);
        if (record.ReadUInt32() != End64Signature) throw record.Fail("the zip archive's 64-bit directory is damaged");
        record.Skip(28);
        return (record.ReadInt64(), record.ReadInt64(), record.ReadInt64());
    }

    private static (string Name, CheckpointReader Content) ReadEntry(CheckpointReader directory, CheckpointReader source)
    {
        var at = directory.Position;
        if (directory.ReadUInt32() != EntrySignature) throw source.FailAt(at, "the zip directory is damaged");
        directory.Skip(4);
        var (flags, method) = (directory.ReadUInt16(), directory.ReadUInt16());
        directory.Skip(8);
        var (packed, size) = ((long)directory.ReadUInt32(), (long)directory.ReadUInt32());
        var (nameLength, extraLength, commentLength) = (directory.ReadUInt16(), directory.ReadUInt16(), directory.ReadUInt16());
        directory.Skip(8);
        var local = (long)directory.ReadUInt32();
        var name = directory.ReadText(nameLength);
        var extra = directory.Window(directory.Position, extraLength);
        directory.Skip(extraLength + commentLength);
        Widen(extra, ref size, ref packed, ref local);

        var label = $"the entry {CheckpointReader.Quote(name)}";
        if (!IsPlain(name)) throw source.FailAt(at, $"{label} has a name that leads out of the archive");
        if (method != 0 || packed != size || (flags & 1) != 0)
            throw source.FailAt(at, $"{label} is compressed or encrypted ({packed} bytes for {size}); torch.save only stores");
        return (name, Content(name, local, size, source));
    }

    private static CheckpointReader Content(string name, long local, long size, CheckpointReader source)
    {
        var header = source.Window(local, 30);
        if (header.ReadUInt32() != LocalSignature)
            throw source.FailAt(local, $"the entry {CheckpointReader.Quote(name)} does not start here");
        header.Skip(22);
        var (nameLength, extraLength) = (header.ReadUInt16(), header.ReadUInt16());
        if (source.Window(local + 30, nameLength).ReadText(nameLength) != name)
            throw source.FailAt(local, $"the entry {CheckpointReader.Quote(name)} has another name here");
        return source.Window(local + 30 + nameLength + extraLength, size);
    }

    private static void Widen(CheckpointReader extra, ref long size, ref long packed, ref long local)
    {
        const int zip64 = 1;
        while (extra.End - extra.Position >= 4)
        {
            var (kind, length) = (extra.ReadUInt16(), extra.ReadUInt16());
            var field = extra.Window(extra.Position, length);
            extra.Skip(length);
            if (kind != zip64) continue;
            // Only those numbers are there that do not fit into 32 bits, in this order.
            if (size == uint.MaxValue) size = field.ReadInt64();
            if (packed == uint.MaxValue) packed = field.ReadInt64();
            if (local == uint.MaxValue) local = field.ReadInt64();
            return;
        }
    }

    private static bool IsPlain(string name) =>
        !name.Contains('\\', StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal)
        && !name.Split('/').Any(part => part is "" or "." or "..") && !name.Any(char.IsControl);
}
