using System.Buffers.Binary;

namespace MlNetSer.Audio;

/// <summary>What the 'fmt ' chunk of a WAV file says.</summary>
/// <param name="Channels">The number of channels, at least 1.</param>
/// <param name="SampleRate">Frames a second.</param>
/// <param name="Encoding">How samples lie in the file, or null for a codec that is not plain numbers.</param>
/// <param name="CodecName">The codec in words.</param>
internal sealed record WavFormat(int Channels, int SampleRate, WavEncoding? Encoding, string CodecName)
{
    private const int Pcm = 1;
    private const int IeeeFloat = 3;
    private const int Extensible = 0xFFFE;

    /// <summary>What follows the codec in the GUID of an extensible header: the rest of KSDATAFORMAT_SUBTYPE_PCM and its like.</summary>
    private static ReadOnlySpan<byte> SubFormatTail => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>The same for ambisonic B-format, whose samples are plain numbers too.</summary>
    private static ReadOnlySpan<byte> AmbisonicTail => [0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];

    public int BytesPerFrame => Channels * Encoding switch
    {
        WavEncoding.Unsigned8 => 1,
        WavEncoding.Signed16 => 2,
        WavEncoding.Signed24 => 3,
        WavEncoding.Float64 => 8,
        _ => 4,
    };

    public static WavFormat Parse(string path, ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 14) throw new SoundFileException(path, $"has a 'fmt ' chunk of {chunk.Length} bytes; expected at least 14");
        var codec = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        var bytesPerFrame = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        FrameSource.CheckDeclared(path, channels, rate);
        var bits = chunk.Length >= 16 ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) : 0;
        if (bits == 0) bits = bytesPerFrame / channels * 8;
        var isExtended = codec == Extensible && chunk.Length >= 40;
        if (isExtended && (chunk[26..40].SequenceEqual(SubFormatTail) || chunk[26..40].SequenceEqual(AmbisonicTail)))
            codec = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        // Some writers put 20 or 24 bits into the upper part of four bytes.
        if (codec == Pcm && bits is > 16 and < 32 && bytesPerFrame == 4 * channels) bits = 32;
        WavEncoding? encoding = (codec, bits) switch
        {
            (Pcm, > 0 and <= 8) => WavEncoding.Unsigned8,
            (Pcm, > 8 and <= 16) => WavEncoding.Signed16,
            (Pcm, > 16 and <= 24) => WavEncoding.Signed24,
            (Pcm, > 24 and <= 32) => WavEncoding.Signed32,
            (IeeeFloat, 32) => WavEncoding.Float32,
            (IeeeFloat, 64) => WavEncoding.Float64,
            _ => null,
        };
        return new WavFormat(channels, (int)rate, encoding, Name(codec, bits));
    }

    private static string Name(int codec, int bits) => codec switch
    {
        Pcm => $"{bits}-bit PCM",
        0x0002 => "Microsoft ADPCM",
        IeeeFloat => $"{bits}-bit float",
        0x0006 => "A-law",
        0x0007 => "mu-law",
        0x0011 => "IMA ADPCM",
        0x0031 => "GSM 6.10",
        0x0055 => "MP3",
        _ => $"codec 0x{codec:X4}",
    };
}
