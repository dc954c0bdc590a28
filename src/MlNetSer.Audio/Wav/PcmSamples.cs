using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>Little-endian samples as floats, where full scale is 1.</summary>
internal static class PcmSamples
{
    /// <summary>Converts all of <paramref name="bytes"/>, whole samples, into the first of <paramref name="samples"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> bytes, WavEncoding encoding, Span<float> samples)
    {
        switch (encoding)
        {
            case WavEncoding.Unsigned8:
                for (var i = 0; i < bytes.Length; i++) samples[i] = (bytes[i] - 128) * (1f / 128);
                break;
            case WavEncoding.Signed16:
                DecodeSigned16(bytes, samples);
                break;
            case WavEncoding.Signed24:
                samples = samples[..(bytes.Length / 3)];
                for (var i = 0; i < samples.Length; i++)
                {
                    var three = bytes.Slice(3 * i, 3);
                    samples[i] = (three[0] | (three[1] << 8) | ((sbyte)three[2] << 16)) * (1f / (1 << 23));
                }
                break;
            case WavEncoding.Signed32:
                samples = samples[..(bytes.Length / 4)];
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(4 * i, 4)) * (1f / (1L << 31));
                break;
            case WavEncoding.Float32:
                samples = samples[..(bytes.Length / 4)];
                for (var i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.Slice(4 * i, 4));
                break;
            case WavEncoding.Float64:
                samples = samples[..(bytes.Length / 8)];
                for (var i = 0; i < samples.Length; i++) samples[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.Slice(8 * i, 8));
                break;
        }
    }

    /// <summary>Most sounds are stored so: worth vectors.</summary>
    private static void DecodeSigned16(ReadOnlySpan<byte> bytes, Span<float> samples)
    {
        const float Scale = 1f / (1 << 15);
        var integers = MemoryMarshal.Cast<byte, short>(bytes);
        var i = 0;
        if (BitConverter.IsLittleEndian)
        {
            for (; i <= integers.Length - Vector<short>.Count; i += Vector<short>.Count)
            {
                Vector.Widen(new Vector<short>(integers[i..]), out var first, out var second);
                (Vector.ConvertToSingle(first) * Scale).CopyTo(samples[i..]);
                (Vector.ConvertToSingle(second) * Scale).CopyTo(samples[(i + Vector<int>.Count)..]);
            }
        }
        for (; i < integers.Length; i++) samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.Slice(2 * i, 2)) * Scale;
    }
}
