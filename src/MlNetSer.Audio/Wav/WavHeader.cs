using System.Buffers.Binary;

namespace MlNetSer.Audio;

/// <summary>
/// What the chunks of a WAV file say, with the length of the sound as the file really has it: recorders that lose power, and programs
/// that write to a pipe, leave sizes of 0, 0xFFFFFFFF or any other number behind.
/// </summary>
/// <param name="Format">How the samples are coded.</param>
/// <param name="DataStart">Where the first sample lies in the file.</param>
/// <param name="Frames">The whole frames that lie in the file, whatever is declared.</param>
internal sealed record WavHeader(WavFormat Format, long DataStart, long Frames)
{
    /// <summary>A walk through more chunks than that is a walk through noise.</summary>
    private const int MostChunks = 10_000;

    /// <summary>Reads the header of a file that is known to begin as a WAV file does.</summary>
    public static WavHeader Read(string path, SoundBytes file)
    {
        var end = file.Length;
        WavFormat? format = null;
        Chunk? data = null;
        var longDataSize = -1L;
        Span<byte> bytes = stackalloc byte[40];
        var position = 12L;
        for (var chunks = 0; chunks < MostChunks && ReadChunk(file, position, end) is { } chunk; chunks++)
        {
            switch (chunk.Name)
            {
                case ChunkName.LongSizes when file.Read(bytes[..16], chunk.Start) == 16:
                    longDataSize = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
                    break;
                case ChunkName.Format:
                    var length = file.Read(bytes[..(int)Math.Min(chunk.Size, bytes.Length)], chunk.Start);
                    format ??= WavFormat.Parse(path, bytes[..length]);
                    break;
                case ChunkName.Data:
                    if (chunk.Size == uint.MaxValue && longDataSize >= 0) chunk = chunk with { Size = longDataSize };
                    if (chunk.Size == 0 && !ChunksFollow(file, chunk.Start, end)) chunk = chunk with { Size = long.MaxValue };
                    data ??= chunk;
                    break;
            }
            if (format is not null && data is not null) break;
            if (chunk.Size > end - chunk.Start) break;
            position = Next(file, chunk);
        }
        if (format is null) throw new SoundFileException(path, "has no 'fmt ' chunk; expected one that tells how the samples are coded");
        if (data is not { } found) throw new SoundFileException(path, "has no 'data' chunk; expected one with the samples");
        var present = Math.Min(found.Size, end - found.Start);
        var frames = present / format.BytesPerFrame;
        if (frames == 0 && found.Size is > 0 and < long.MaxValue)
            throw new SoundFileException(path, $"holds {present} bytes of samples, not one frame; its header declares {found.Size}");
        return new WavHeader(format, found.Start, frames);
    }

    private static Chunk? ReadChunk(SoundBytes file, long position, long end)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (position > end - 8 || file.Read(bytes, position) < 8 || !IsName(bytes[..4])) return null;
        return new Chunk(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes), position + 8, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
    }

    /// <summary>Chunks begin at even places, but some writers forget the byte that fills up an odd chunk.</summary>
    private static long Next(SoundBytes file, Chunk chunk)
    {
        var next = chunk.Start + chunk.Size;
        if (long.IsEvenInteger(chunk.Size)) return next;
        Span<byte> bytes = stackalloc byte[4];
        return file.Read(bytes, next) == 4 && IsName(bytes) ? next : next + 1;
    }

    /// <summary>Whether a chain of chunks leads from here to the end of the file, as it does behind a sound that really is empty.</summary>
    private static bool ChunksFollow(SoundBytes file, long position, long end)
    {
        for (var chunks = 0; chunks < MostChunks && position < end; chunks++)
        {
            if (ReadChunk(file, position, end) is not { } chunk || chunk.Size > end - chunk.Start) return false;
            position = Next(file, chunk);
        }
        return position >= end;
    }

    private static bool IsName(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    private static class ChunkName
    {
        public const uint Format = 0x20746D66;
        public const uint Data = 0x61746164;
        public const uint LongSizes = 0x34367364;
    }

    private readonly record struct Chunk(uint Name, long Start, long Size);
}
