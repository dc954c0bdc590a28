using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace MlNetSer.Training;

/// <summary>
/// The layout of a cache file: a head of 64 bytes (magic, bytes of data, bytes of index, SHA-256 of both), the spectrograms as half
/// precision numbers [frames, bands] one after the other, the index as JSON.
/// </summary>
internal static class LogMelCacheFile
{
    public const int HeadSize = 64;

    private const int HashOffset = 24;
    private const int BlockSize = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "MLNSLM01"u8;

    /// <summary>Writes a file atomically and returns its index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fill">Hands over the data piece by piece and returns the index.</param>
    public static LogMelCacheIndex Write(string path, Func<Action<ReadOnlySpan<byte>>, LogMelCacheIndex> fill)
    {
        LogMelCacheIndex? index = null;
        AtomicFile.Write(path, stream => index = Write(stream, fill));
        return index!;
    }

    /// <summary>Reads the index of a whole and undamaged file; null for any other.</summary>
    public static LogMelCacheIndex? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        var head = new byte[HeadSize];
        if (stream.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false) < HeadSize || !head.AsSpan().StartsWith(Magic)) return null;
        var dataSize = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(8));
        var indexSize = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(16));
        if (dataSize < 0 || indexSize is < 0 or > int.MaxValue || dataSize != stream.Length - HeadSize - indexSize) return null;
        if (!Hash(stream).AsSpan().SequenceEqual(head.AsSpan(HashOffset, SHA256.HashSizeInBytes))) return null;
        stream.Position = HeadSize + dataSize;
        var json = new byte[indexSize];
        stream.ReadExactly(json);
        try
        {
            return JsonSerializer.Deserialize(json, LogMelCacheJson.Default.LogMelCacheIndex) is { } index && index.Fits(dataSize) ? index : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LogMelCacheIndex Write(FileStream stream, Func<Action<ReadOnlySpan<byte>>, LogMelCacheIndex> fill)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var head = new byte[HeadSize];
        stream.Write(head);
        void Append(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }
        var index = fill(Append);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), stream.Position - HeadSize);
        var json = JsonSerializer.SerializeToUtf8Bytes(index, LogMelCacheJson.Default.LogMelCacheIndex);
        Append(json);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(16), json.Length);
        Magic.CopyTo(head);
        hash.GetHashAndReset(head.AsSpan(HashOffset));
        stream.Position = 0;
        stream.Write(head);
        return index;
    }

    private static byte[] Hash(FileStream rest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[Math.Min(BlockSize, rest.Length)];
        while (rest.Read(block) is > 0 and var count) hash.AppendData(block.AsSpan(0, count));
        return hash.GetHashAndReset();
    }
}
