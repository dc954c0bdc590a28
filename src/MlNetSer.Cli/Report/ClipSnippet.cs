using MlNetSer.Audio;

namespace MlNetSer.Cli;

/// <summary>A short piece of a sound, small enough that a page can hold hundreds.</summary>
internal static class ClipSnippet
{
    /// <summary>Samples a second.</summary>
    public const int SampleRate = 11_025;

    private const int MostSamples = 2 * SampleRate;
    private const int Bias = 33;
    private const int Largest = 8158;

    /// <summary>The loudest two seconds of the first minute, a byte per sample (mu-law, ITU-T G.711).</summary>
    public static byte[] Of(string path, CancellationToken cancellation)
    {
        using var reader = SoundFile.Open(path, SampleRate);
        var samples = new float[60 * SampleRate];
        cancellation.ThrowIfCancellationRequested();
        var piece = Loudest(samples.AsSpan(0, reader.Read(samples)), MostSamples);
        var peak = 1e-9f;
        foreach (var sample in piece) peak = Math.Max(peak, Math.Abs(sample));
        var bytes = new byte[piece.Length];
        // Quiet recordings are made louder, as eight bits leave little for them.
        for (var i = 0; i < bytes.Length; i++) bytes[i] = MuLaw(piece[i] * 0.9f / peak);
        return bytes;
    }

    /// <summary>The consecutive samples with the most energy.</summary>
    public static ReadOnlySpan<float> Loudest(ReadOnlySpan<float> samples, int count)
    {
        if (samples.Length <= count) return samples;
        var (energy, most, at) = (0.0, 0.0, 0);
        for (var end = 0; end < samples.Length; end++)
        {
            energy += samples[end] * samples[end];
            if (end >= count) energy -= samples[end - count] * samples[end - count];
            if (end < count - 1 || energy <= most) continue;
            (most, at) = (energy, end - count + 1);
        }
        return samples.Slice(at, count);
    }

    /// <summary>A sample in [-1, 1] as G.711 has it: sign, three bits of exponent, four bits of mantissa, all inverted.</summary>
    public static byte MuLaw(float sample)
    {
        var magnitude = Math.Min(Largest, (int)Math.Round(Math.Abs(sample) * Largest)) + Bias;
        var exponent = int.Log2(magnitude) - 5;
        var mantissa = (magnitude >> (exponent + 1)) & 15;
        return (byte)~((sample < 0 ? 128 : 0) | (exponent << 4) | mantissa);
    }
}
