using MlNetSer.Audio;

namespace MlNetSer.Endurance;

/// <summary>Sound files.</summary>
internal static class SoundTargets
{
    private const string Name = "sound";

    /// <summary>WAV, which is read by code of this library alone. Other codecs within WAV are passed over: they are libsndfile's.</summary>
    public static FuzzTarget Wav { get; } = new("wav", Read, e => e is SoundFileException)
    {
        Tokens = [.. new[] { "RIFF", "RF64", "BW64", "WAVE", "fmt ", "data", "ds64", "LIST", "fact" }.Select(t => System.Text.Encoding.ASCII.GetBytes(t))],
        // Most of it is the filter between two odd rates, the rest 22 output samples for each of a rate of 1,000 Hz.
        MostMemory = 10_000_000,
    };

    /// <summary>The formats of libsndfile, decoded within this process, which its crash would end.</summary>
    public static FuzzTarget LibSndFile { get; } = new("libsndfile", content => ReadAll(content, null), e => e is SoundFileException)
    {
        MostMemory = 100_000_000,
    };

    private static void Read(byte[] content)
    {
        using var bytes = SoundBytes.InMemory(content);
        Span<byte> head = stackalloc byte[12];
        var isWav = bytes.Read(head, 0) == 12 && head[8..].SequenceEqual("WAVE"u8) && (head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8));
        if (isWav && WavHeader.Read(Name, bytes) is { Format: { Encoding: not null } format })
        {
            // The filter for a rate is work that does not depend on the rest of the file.
            ReadAll(content, format.SampleRate % 1000 == 0 || content.Length % 64 == 0 ? 22_050 : null);
        }
        else if (!isWav && content.Length > 0)
        {
            throw new SoundFileException(Name, "is no WAV file");
        }
    }

    private static void ReadAll(byte[] content, int? rate)
    {
        using var reader = rate is { } hertz ? SoundFile.Open(content, Name, hertz) : new SoundReader(Name, SoundFormats.Open(Name, SoundBytes.InMemory(content)), null);
        var block = new float[4096];
        // A few bytes can stand for hours of silence in formats that compress.
        for (var blocks = 0; blocks < 1000 && reader.Read(block) is > 0 and var count; blocks++)
        {
            foreach (var sample in block.AsSpan(0, count))
                if (!float.IsFinite(sample)) throw new InvalidOperationException($"a sample is {sample}");
        }
    }
}
