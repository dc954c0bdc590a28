using System.Formats.Tar;
using System.IO.Compression;

namespace MlNetSer.Cli;

/// <summary>
/// Unpacks zip archives (also in volumes) and gzipped tar archives. Folders and plain files only: links, devices and names that lead
/// elsewhere are refused.
/// </summary>
internal static class Unpacking
{
    private const int Stored = 0, Deflated = 8, LocalSize = 30;
    private const uint LocalMark = 0x04034B50;

    /// <summary>Unpacks the wanted folder of an archive.</summary>
    /// <param name="volumes">The archive's files.</param>
    /// <param name="topFolder">The folder in it that is wanted.</param>
    /// <param name="target">A new folder, which stands for it.</param>
    /// <param name="requireSpace">Told how many bytes it will take, where that is known beforehand.</param>
    /// <param name="progress">Told how much of all bytes is done.</param>
    /// <param name="cancellation">Stops; what is unpacked so far stays.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, refused, or lacks the folder.</exception>
    public static void Unpack(
        IReadOnlyList<string> volumes,
        string topFolder,
        string target,
        Action<long> requireSpace,
        IProgress<ProgressState> progress,
        CancellationToken cancellation)
    {
        var name = Path.GetFileName(volumes[^1]);
        try
        {
            if (name.EndsWith(".tar.gz", StringComparison.Ordinal)) UnpackTar(volumes[0], topFolder, target, progress, cancellation);
            else UnpackZip(volumes, topFolder, target, requireSpace, progress, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"{volumes[^1]} cannot be unpacked: {Failure.OneLine(e.Message).TrimEnd('.')}.", e);
        }
        if (!Directory.Exists(target)) throw new InvalidDataException($"{volumes[^1]} has no folder '{topFolder}'.");
    }

    private static void UnpackZip(
        IReadOnlyList<string> volumes,
        string topFolder,
        string target,
        Action<long> requireSpace,
        IProgress<ProgressState> progress,
        CancellationToken cancellation)
    {
        using var archive = new VolumeStream(volumes);
        var wanted = ZipEntries.Read(archive)
            .Select(entry => (Entry: entry, Path: ArchiveEntryPath.Resolve(target, topFolder, entry.Name)))
            .Where(e => e.Path is not null)
            .ToList();
        var total = wanted.Sum(e => e.Entry.Size);
        requireSpace(total);
        var done = 0L;
        foreach (var (entry, path) in wanted)
        {
            if (entry.Name.EndsWith('/'))
            {
                Directory.CreateDirectory(path!);
                continue;
            }
            var crc = 0u;
            using var inflated = Open(archive, entry);
            Write(inflated ?? (Stream)archive, path!, entry.Size, bytes =>
            {
                crc = Crc32.Append(crc, bytes);
                progress.Report(new(done += bytes.Length, total, ByteCount.Text(done)));
            }, cancellation);
            if (crc != entry.Crc) throw new InvalidDataException($"'{entry.Name}' in it is damaged (its checksum is wrong)");
        }
    }

    /// <summary>Puts the archive at the entry's first byte; gives a stream to read it through, or null where it is stored as it is.</summary>
    private static DeflateStream? Open(VolumeStream archive, ZipEntry entry)
    {
        var local = ZipEntries.Bytes(archive, entry.Position, LocalSize);
        if (ZipEntries.U32(local, 0) != LocalMark) throw new InvalidDataException($"'{entry.Name}' does not begin where its directory says");
        archive.Position = entry.Position + LocalSize + ZipEntries.U16(local, 26) + ZipEntries.U16(local, 28);
        return entry.Method switch
        {
            Stored when entry.Packed == entry.Size => null,
            Deflated => new(archive, CompressionMode.Decompress, leaveOpen: true),
            var other => throw new InvalidDataException($"'{entry.Name}' is packed by method {other}, expected {Stored} or {Deflated}"),
        };
    }

    private static void UnpackTar(
        string path, string topFolder, string target, IProgress<ProgressState> progress, CancellationToken cancellation)
    {
        using var file = File.OpenRead(path);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes) continue;
            if (ArchiveEntryPath.Resolve(target, topFolder, entry.Name) is not { } place) continue;
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(place);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    Write(entry.DataStream ?? Stream.Null, place, entry.Length, _ => progress.Report(new(file.Position, file.Length)), cancellation);
                    break;
                case var other:
                    throw new InvalidDataException($"'{Failure.OneLine(entry.Name)}' in it is a {other}, expected files and folders");
            }
        }
    }

    /// <summary>Writes exactly so many bytes of a stream as a new file.</summary>
    private static void Write(Stream content, string path, long size, Action<ReadOnlySpan<byte>> written, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = new byte[1 << 17];
        for (var left = size; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = content.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0) throw new InvalidDataException($"'{Path.GetFileName(path)}' in it is cut off");
            output.Write(buffer, 0, count);
            written(buffer.AsSpan(0, count));
            left -= count;
        }
    }
}
