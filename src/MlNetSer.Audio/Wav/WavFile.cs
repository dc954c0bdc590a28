using System.Buffers.Binary;

namespace MlNetSer.Audio;

/// <summary>Writes WAV files. They are read with <see cref="SoundFile"/>, as all sound files are.</summary>
public static class WavFile
{
    private const int BlockSamples = 16_384;

    /// <summary>
    /// Writes a mono WAV file, whole or not at all: the samples go to a file beside it (<c>.partial</c>), which then takes the name.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced. Its folder must exist.</param>
    /// <param name="mono">The samples, nominally in [-1, 1].</param>
    /// <param name="sampleRate">Samples a second, in Hz.</param>
    /// <param name="format">How samples are stored.</param>
    /// <exception cref="ArgumentException">A sample is NaN or infinite, or there are more than a WAV file can hold (4 GiB).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate lies outside 1,000 to 10,000,000 Hz.</exception>
    /// <exception cref="DirectoryNotFoundException">Its folder does not exist.</exception>
    /// <exception cref="IOException">The file cannot be written, or someone else is writing it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written there.</exception>
    public static void Write(string path, ReadOnlySpan<float> mono, int sampleRate, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        SampleRates.Check(sampleRate);
        var bytesPerSample = format switch
        {
            WavSampleFormat.Pcm16 => 2,
            WavSampleFormat.IeeeFloat32 => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Expected Pcm16 or IeeeFloat32."),
        };
        var header = Header(mono.Length, sampleRate, format, bytesPerSample);
        AtomicFile.Write(path, mono, (stream, samples) =>
        {
            stream.Write(header);
            var bytes = new byte[Math.Min(samples.Length, BlockSamples) * bytesPerSample];
            for (var start = 0; start < samples.Length; start += BlockSamples)
            {
                var block = samples.Slice(start, Math.Min(BlockSamples, samples.Length - start));
                Encode(block, start, format, bytes);
                stream.Write(bytes, 0, block.Length * bytesPerSample);
            }
        });
    }

    private static byte[] Header(int samples, int sampleRate, WavSampleFormat format, int bytesPerSample)
    {
        // What is not PCM needs an extension size (here none) in its 'fmt ' chunk and a 'fact' chunk with the number of frames.
        var isPcm = format == WavSampleFormat.Pcm16;
        var header = new byte[isPcm ? 44 : 58];
        var dataBytes = (long)samples * bytesPerSample;
        if (dataBytes > uint.MaxValue - header.Length)
            throw new ArgumentException($"{samples} samples take {dataBytes} bytes; a WAV file holds less than 4 GiB.", nameof(samples));
        var writer = new BinaryWriter(new MemoryStream(header));
        writer.Write("RIFF"u8);
        writer.Write((uint)(header.Length - 8 + dataBytes));
        writer.Write("WAVEfmt "u8);
        writer.Write(isPcm ? 16 : 18);
        writer.Write((ushort)(isPcm ? 1 : 3));
        writer.Write((ushort)1);
        writer.Write(sampleRate);
        writer.Write(sampleRate * bytesPerSample);
        writer.Write((ushort)bytesPerSample);
        writer.Write((ushort)(8 * bytesPerSample));
        if (!isPcm)
        {
            writer.Write((ushort)0);
            writer.Write("fact"u8);
            writer.Write(4);
            writer.Write(samples);
        }
        writer.Write("data"u8);
        writer.Write((uint)dataBytes);
        return header;
    }

    private static short ToInt16(float sample) => (short)Math.Clamp(MathF.Round(sample * 32768f), short.MinValue, short.MaxValue);

    private static void Encode(ReadOnlySpan<float> block, int start, WavSampleFormat format, Span<byte> bytes)
    {
        for (var i = 0; i < block.Length; i++)
        {
            var sample = block[i];
            if (!float.IsFinite(sample))
                throw new ArgumentException($"Sample {start + i} is {sample}; expected finite numbers.", nameof(block));
            if (format == WavSampleFormat.IeeeFloat32) BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], sample);
            else BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], ToInt16(sample));
        }
    }
}
