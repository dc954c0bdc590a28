using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>A file in a zip archive.</summary>
/// <param name="Name">Its path in the archive, with slashes; that of a folder ends in one.</param>
/// <param name="Method">0 for stored, 8 for deflated.</param>
/// <param name="Crc">The checksum of its contents.</param>
/// <param name="Packed">Bytes in the archive.</param>
/// <param name="Size">Bytes unpacked.</param>
/// <param name="Position">Where it begins, counted over all volumes.</param>
internal readonly record struct ZipEntry(string Name, int Method, uint Crc, long Packed, long Size, long Position);

/// <summary>
/// The directory of a zip archive, which may lie in several volumes (.z01, .z02 ... .zip) and be larger than 4 GB; .NET's own reader takes
/// no volumes.
/// </summary>
internal static class ZipEntries
{
    private const uint EndMark = 0x06054B50, LongEndMark = 0x06064B50, LocatorMark = 0x07064B50, EntryMark = 0x02014B50;
    private const int EndSize = 22, LocatorSize = 20, LongEndSize = 56, EntrySize = 46;
    private const int LongestDirectory = 1 << 28;

    /// <exception cref="InvalidDataException">It is no zip archive, a damaged one, or one of another number of volumes.</exception>
    public static IReadOnlyList<ZipEntry> Read(VolumeStream archive)
    {
        var (count, size, start) = Locate(archive);
        if (size is < 0 or > LongestDirectory || count < 0 || count > size / EntrySize) throw new InvalidDataException($"its directory of {count} entries has {size} bytes");
        var directory = Bytes(archive, start, (int)size);
        var entries = new List<ZipEntry>((int)count);
        for (var at = 0; entries.Count < count;) entries.Add(Entry(archive, directory, ref at));
        return entries;
    }

    private static (long Count, long Size, long Start) Locate(VolumeStream archive)
    {
        var tail = Bytes(archive, Math.Max(0, archive.Length - EndSize - ushort.MaxValue), (int)Math.Min(archive.Length, EndSize + ushort.MaxValue));
        for (var i = tail.Length - EndSize; i >= 0; i--)
        {
            var end = tail.AsSpan(i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndMark) continue;
            var (count, size, start) = ((long)U16(end, 10), (long)U32(end, 12), (long)U32(end, 16));
            if (count < ushort.MaxValue && size < uint.MaxValue && start < uint.MaxValue)
            {
                RequireVolumes(archive, U16(end, 4) + 1L);
                return (count, size, At(archive, U16(end, 6), start));
            }
            return LocateLong(archive, archive.Length - tail.Length + i - LocatorSize);
        }
        throw new InvalidDataException("it is no zip archive, or its end is missing");
    }

    private static (long Count, long Size, long Start) LocateLong(VolumeStream archive, long at)
    {
        var locator = Bytes(archive, at, LocatorSize);
        if (U32(locator, 0) != LocatorMark) throw new InvalidDataException("its long directory is missing");
        RequireVolumes(archive, U32(locator, 16));
        var end = Bytes(archive, At(archive, U32(locator, 4), I64(locator, 8)), LongEndSize);
        if (U32(end, 0) != LongEndMark) throw new InvalidDataException("its long directory is damaged");
        return (I64(end, 32), I64(end, 40), At(archive, U32(end, 20), I64(end, 48)));
    }

    private static void RequireVolumes(VolumeStream archive, long count)
    {
        if (count != archive.Volumes) throw new InvalidDataException($"it has {count} volumes, and {archive.Volumes} are there");
    }

    private static ZipEntry Entry(VolumeStream archive, byte[] directory, ref int at)
    {
        var entry = directory.AsSpan(at);
        if (entry.Length < EntrySize || U32(entry, 0) != EntryMark) throw new InvalidDataException("its directory is damaged");
        var (nameLength, extraLength) = (U16(entry, 28), U16(entry, 30));
        var length = EntrySize + nameLength + extraLength + U16(entry, 32);
        if (entry.Length < length) throw new InvalidDataException("its directory is cut off");
        at += length;
        var name = Encoding.UTF8.GetString(entry.Slice(EntrySize, nameLength));
        var isEncrypted = (U16(entry, 8) & 1) != 0;
        if (isEncrypted) throw new InvalidDataException($"'{name}' in it is encrypted");
        var (packed, size, start, volume) = ((long)U32(entry, 20), (long)U32(entry, 24), (long)U32(entry, 42), (long)U16(entry, 34));
        Widen(entry.Slice(EntrySize + nameLength, extraLength), ref size, ref packed, ref start, ref volume);
        return new(name, U16(entry, 10), U32(entry, 16), packed, size, At(archive, volume, start));
    }

    private static void Widen(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long start, ref long volume)
    {
        const int longField = 1;
        while (extra.Length >= 4)
        {
            var length = Math.Min(U16(extra, 2), extra.Length - 4);
            var field = extra.Slice(4, length);
            if (U16(extra, 0) == longField)
            {
                // Only those numbers are there that do not fit where they should be, in this order.
                if (size == uint.MaxValue) size = Take(ref field);
                if (packed == uint.MaxValue) packed = Take(ref field);
                if (start == uint.MaxValue) start = Take(ref field);
                if (volume == ushort.MaxValue && field.Length >= 4) volume = U32(field, 0);
                return;
            }
            extra = extra[(4 + length)..];
        }

        static long Take(ref ReadOnlySpan<byte> field)
        {
            var value = I64(field, 0);
            field = field[8..];
            return value;
        }
    }

    private static long At(VolumeStream archive, long volume, long offset) =>
        volume < archive.Volumes
            ? archive.StartOf((int)volume) + offset
            : throw new InvalidDataException($"it asks for volume {volume + 1}, and {archive.Volumes} are there");

    /// <summary>A part of the archive.</summary>
    /// <exception cref="InvalidDataException">The archive does not reach so far.</exception>
    public static byte[] Bytes(VolumeStream archive, long at, int count)
    {
        if (at < 0 || at > archive.Length - count) throw new InvalidDataException("it is cut off or damaged");
        var bytes = new byte[count];
        archive.Position = at;
        archive.ReadExactly(bytes);
        return bytes;
    }

    public static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(Field(bytes, at, 2));

    public static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(Field(bytes, at, 4));

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(Field(bytes, at, 8));

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> bytes, int at, int length) =>
        at + length <= bytes.Length ? bytes.Slice(at, length) : throw new InvalidDataException("its directory is cut off");
}
