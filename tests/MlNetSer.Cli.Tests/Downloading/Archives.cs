using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>Archives made by .NET's own writers, and damaged or split by hand.</summary>
internal static class Archives
{
    private static readonly DateTimeOffset s_written = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var entry = zip.CreateEntry(name, content.Length % 2 == 0 ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
                // The same bytes whenever they are made.
                entry.LastWriteTime = s_written;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }
        return bytes.ToArray();
    }

    public static byte[] TarGz(params (string Name, byte[] Content)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var (name, content) in files)
            {
                tar.WriteEntry(name.EndsWith('/')
                    ? new PaxTarEntry(TarEntryType.Directory, name)
                    : new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }
        return bytes.ToArray();
    }

    public static byte[] TarGzWithLink(string name, string to)
    {
        using var bytes = new MemoryStream();
        using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = to });
        return bytes.ToArray();
    }

    /// <summary>
    /// The archive cut into volumes: a mark before the first entry, and in the directory the volume of each entry and where in it the entry
    /// begins. The directory lies in the last volume, whole.
    /// </summary>
    public static List<byte[]> Split(byte[] zip, int volumeSize)
    {
        const int mark = 4;
        var end = zip.Length - 22;
        var directory = Int(zip, end + 16);
        var (count, last) = (BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(end + 10)), (directory + mark - 1) / volumeSize);
        byte[] all = [0x50, 0x4B, 0x07, 0x08, .. zip];
        var at = directory + mark;
        for (var i = 0; i < count; i++)
        {
            var place = Int(all, at + 42) + mark;
            Put16(all, at + 34, Math.Min(place / volumeSize, last));
            Put32(all, at + 42, place - (Math.Min(place / volumeSize, last) * volumeSize));
            at += 46 + U16(all, at + 28) + U16(all, at + 30) + U16(all, at + 32);
        }
        Put16(all, end + mark + 4, last);
        Put16(all, end + mark + 6, last);
        Put32(all, end + mark + 16, directory + mark - (last * volumeSize));
        return
        [
            .. Enumerable.Range(0, last).Select(v => all[(v * volumeSize)..((v + 1) * volumeSize)]),
            all[(last * volumeSize)..],
        ];
    }

    /// <summary>The archive with the name of an entry overwritten by another of the same length, wherever it stands.</summary>
    public static byte[] Rename(byte[] archive, string name, string other)
    {
        var text = Encoding.Latin1.GetString(archive);
        return Encoding.Latin1.GetBytes(text.Replace(name, other, StringComparison.Ordinal));
    }

    private static int Int(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static void Put16(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)value);

    private static void Put32(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
}
