using System.Text;

namespace MlNetSer.Audio;

/// <summary>Which decoder reads a file: its first bytes decide.</summary>
internal static class SoundFormats
{
    /// <summary>How the other formats begin that libsndfile reads. MP3 without a tag begins with eleven one bits instead.</summary>
    private static readonly byte[][] OtherBeginnings =
        [.. new[] { "fLaC", "OggS", "FORM", "ID3", "RIFX", "riff", "caff", ".snd" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Opens a decoder, which owns the bytes.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <param name="file">Its bytes.</param>
    public static FrameSource Open(string path, SoundBytes file)
    {
        var owned = file;
        try
        {
            Span<byte> bytes = stackalloc byte[12];
            ReadOnlySpan<byte> head = bytes[..file.Read(bytes, 0)];
            if (head.IsEmpty) throw new SoundFileException(path, "is empty (0 bytes); expected a sound file");
            if (!IsWav(head))
            {
                if (HasWavExtension(path) && !IsOtherSound(head))
                    throw new SoundFileException(path, $"begins with {Describe(head)}; expected a WAV file ('RIFF....WAVE')");
                return Other(path, file, $"begins with {Describe(head)}, which is not WAV");
            }
            var header = WavHeader.Read(path, file);
            if (header.Format.Encoding is null)
                return Other(path, file, $"is a WAV file with {header.Format.CodecName} samples");
            var source = new WavSource(path, file, header);
            owned = null;
            return source;
        }
        finally
        {
            owned?.Dispose();
        }
    }

    /// <summary>Libsndfile's work, in a process of its own where that is set up.</summary>
    private static FrameSource Other(string path, SoundBytes file, string finding) => file.Memory is null && DecoderProcess.Start is { } start
        ? new ProcessSource(path, finding, DecoderProcess.Take(start))
        : new SndFileSource(path, file.Memory, finding);

    private static bool IsWav(ReadOnlySpan<byte> head) =>
        head.Length == 12 && head[8..].SequenceEqual("WAVE"u8)
        && (head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8));

    private static bool IsOtherSound(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 2 && head[0] == 0xFF && head[1] >= 0xE0) return true;
        foreach (var beginning in OtherBeginnings)
        {
            if (head.StartsWith(beginning)) return true;
        }
        return false;
    }

    private static bool HasWavExtension(string path) =>
        Path.GetExtension(path.AsSpan()) is var extension
        && (extension.Equals(".wav", StringComparison.OrdinalIgnoreCase) || extension.Equals(".wave", StringComparison.OrdinalIgnoreCase));

    /// <summary>As text with dots for what is none, or as numbers where most of it is none.</summary>
    private static string Describe(ReadOnlySpan<byte> head)
    {
        var text = string.Concat(head.ToArray().Select(b => b is >= (byte)' ' and <= (byte)'~' ? (char)b : '.'));
        return text.Count(c => c == '.') > head.Length / 2 ? $"bytes {Convert.ToHexString(head)}" : $"'{text}'";
    }
}
