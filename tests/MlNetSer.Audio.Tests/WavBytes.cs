using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Audio.Tests;

/// <summary>WAV files put together byte by byte, right or wrong.</summary>
internal static class WavBytes
{
    public const ushort Pcm = 1;
    public const ushort Float = 3;

    /// <summary>A file of these chunks, with a right size in its first header.</summary>
    public static byte[] File(params byte[][] chunks)
    {
        byte[] rest = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. Int32((uint)rest.Length), .. rest];
    }

    /// <summary>A chunk with a right or a wrong size, filled up to an even length unless told otherwise.</summary>
    public static byte[] Chunk(string name, byte[] content, uint? size = null, bool padded = true) =>
    [
        .. Encoding.ASCII.GetBytes(name), .. Int32(size ?? (uint)content.Length), .. content,
        .. new byte[padded ? content.Length % 2 : 0],
    ];

    public static byte[] Format(int codec, int channels, int bits, long rate = 8000, int? bytesPerFrame = null)
    {
        var frame = bytesPerFrame ?? channels * ((bits + 7) / 8);
        return Chunk(
            "fmt ", [.. Int16(codec, channels), .. Int32((uint)rate, (uint)(rate * frame)), .. Int16(frame, bits)]);
    }

    /// <summary>An extensible header: the codec hides in a GUID, and fewer bits than stored may count.</summary>
    public static byte[] Extensible(string guid, int channels, int bits, int validBits) =>
        Chunk(
            "fmt ",
            [
                .. Int16(0xFFFE, channels), .. Int32(8000, 8000 * channels * bits / 8),
                .. Int16(channels * bits / 8, bits, 22, validBits), .. Int32(0), .. new Guid(guid).ToByteArray(),
            ]);

    public static byte[] Data(params byte[] samples) => Chunk("data", samples);

    public static byte[] Int16(params int[] values) => [.. values.SelectMany(v => new[] { (byte)v, (byte)(v >> 8) })];

    public static byte[] Int24(params int[] values) => [.. values.SelectMany(v => new[] { (byte)v, (byte)(v >> 8), (byte)(v >> 16) })];

    public static byte[] Int32(params long[] values) =>
        [.. values.SelectMany(v => new[] { (byte)v, (byte)(v >> 8), (byte)(v >> 16), (byte)(v >> 24) })];

    public static byte[] Float32(params float[] values) => [.. values.SelectMany(v => Int32(BitConverter.SingleToUInt32Bits(v)))];

    public static byte[] Float64(params double[] values) => [.. values.SelectMany(v =>
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, v);
        return bytes;
    })];
}
