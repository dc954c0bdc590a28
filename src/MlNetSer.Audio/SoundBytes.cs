using Microsoft.Win32.SafeHandles;

namespace MlNetSer.Audio;

/// <summary>The bytes of a sound file, on disk or in memory, read at any place.</summary>
internal abstract class SoundBytes : IDisposable
{
    public abstract long Length { get; }

    /// <summary>The bytes as a whole, if they lie in memory.</summary>
    public abstract ReadOnlyMemory<byte>? Memory { get; }

    /// <summary>Reads what there is from an offset on; returns the number of bytes, 0 beyond the end.</summary>
    public abstract int Read(Span<byte> destination, long offset);

    public abstract void Dispose();

    /// <exception cref="SoundFileException">The path leads to a folder, a pipe or a device.</exception>
    public static SoundBytes OfFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path)) throw new SoundFileException(path, "is a folder; expected a sound file");
        // A recorder may still be writing to it.
        var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        try
        {
            RandomAccess.GetLength(handle);
            return new OnDisk(handle);
        }
        catch (NotSupportedException error)
        {
            handle.Dispose();
            throw new SoundFileException(path, "is a pipe or a device; expected a file", error);
        }
    }

    public static SoundBytes InMemory(ReadOnlyMemory<byte> content) => new Whole(content);

    private sealed class OnDisk(SafeFileHandle handle) : SoundBytes
    {
        public override long Length => RandomAccess.GetLength(handle);

        public override ReadOnlyMemory<byte>? Memory => null;

        public override int Read(Span<byte> destination, long offset) => RandomAccess.Read(handle, destination, offset);

        public override void Dispose() => handle.Dispose();
    }

    private sealed class Whole(ReadOnlyMemory<byte> content) : SoundBytes
    {
        public override long Length => content.Length;

        public override ReadOnlyMemory<byte>? Memory => content;

        public override int Read(Span<byte> destination, long offset)
        {
            var rest = content.Span[(int)Math.Min(offset, content.Length)..];
            rest = rest[..Math.Min(rest.Length, destination.Length)];
            rest.CopyTo(destination);
            return rest.Length;
        }

        public override void Dispose()
        {
        }
    }
}
