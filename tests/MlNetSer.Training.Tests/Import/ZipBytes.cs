using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Training.Tests;

/// <summary>Writes zip archives field by field: such as only files above 4 GB have, and such as no writer makes.</summary>
internal sealed class ZipBytes
{
    private readonly List<byte> file = [];
    private readonly List<byte> directory = [];
    private long entries;

    /// <summary>Adds a local header and content only; returns where they start.</summary>
    public long Content(string name, byte[] content)
    {
        var offset = file.Count;
        file.AddRange(Local(name, content.Length));
        file.AddRange(content);
        return offset;
    }

    /// <summary>Adds a directory entry; with <paramref name="wide"/>, its numbers are written with 64 bits.</summary>
    public void Entry(string name, long size, long offset, bool wide = false)
    {
        byte[] extra = wide ? [1, 0, 24, 0, .. Long(size), .. Long(size), .. Long(offset)] : [];
        directory.AddRange([.. "PK\u0001\u0002"u8, .. new byte[16], .. Int(wide ? -1 : size), .. Int(wide ? -1 : size)]);
        directory.AddRange([.. Short(name.Length), .. Short(extra.Length), .. new byte[10], .. Int(wide ? -1 : offset)]);
        directory.AddRange([.. Encoding.ASCII.GetBytes(name), .. extra]);
        entries++;
    }

    public void Add(string name, byte[] content, bool wide = false) => Entry(name, content.Length, Content(name, content), wide);

    public byte[] Finish(bool wide = false)
    {
        var (start, size) = ((long)file.Count, (long)directory.Count);
        byte[] wideEnd = [.. "PK\u0006\u0006"u8, .. new byte[28], .. Long(entries), .. Long(size), .. Long(start)];
        byte[] locator = [.. "PK\u0006\u0007"u8, .. new byte[4], .. Long(start + size), .. Int(1)];
        byte[] end =
        [
            .. "PK\u0005\u0006"u8, .. new byte[6], .. Short(wide ? -1 : entries), .. Int(wide ? -1 : size), .. Int(wide ? -1 : start), 0, 0,
        ];
        return [.. file, .. directory, .. wide ? wideEnd : [], .. wide ? locator : [], .. end];
    }

    public static byte[] Local(string name, int size) =>
        [.. "PK\u0003\u0004"u8, .. new byte[14], .. Int(size), .. Int(size), .. Short(name.Length), 0, 0, .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Short(long value) => Long(value)[..2];

    private static byte[] Int(long value) => Long(value)[..4];

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
