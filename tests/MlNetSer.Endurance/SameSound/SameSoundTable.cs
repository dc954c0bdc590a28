using System.Collections.Concurrent;
using MlNetSer.Audio;
using MlNetSer.Audio.Tests;
using MlNetSer.Testing;

namespace MlNetSer.Endurance;

/// <summary>How alike the embeddings of one sound in several forms are, by their cosine with that of a float WAV file at 44.1 kHz.</summary>
internal static class SameSoundTable
{
    private const int Pcm24 = 0x0003;
    private const int Pcm32 = 0x0004;
    private const int Rate = 44_100;

    private static readonly ConcurrentDictionary<(Func<double, double> At, int Rate), float[]> Samples = new();

    /// <summary>The forms and what the cosine must at least be; null where it is only told.</summary>
    private static readonly (string Name, double? Least, Action<string, Func<double, double>> Save)[] Forms =
    [
        ("WAV, 16 bits", 0.999, (path, at) => WavFile.Write(path, Sampled(at, Rate), Rate)),
        ("WAV, 24 bits", 0.999, (path, at) => Save(path, SndFileWriter.Wav | Pcm24, Rate, at)),
        ("WAV, 32 bits", 0.999, (path, at) => Save(path, SndFileWriter.Wav | Pcm32, Rate, at)),
        ("WAV, stereo copy", 0.999, (path, at) => Save(path, SndFileWriter.Wav | SndFileWriter.Pcm16, Rate, at, channels: 2)),
        ("WAV, 48 kHz", 0.999, (path, at) => Save(path, SndFileWriter.Wav | SndFileWriter.Pcm16, 48_000, at)),
        ("WAV, 48 kHz stereo, 24 bits", 0.999, (path, at) => Save(path, SndFileWriter.Wav | Pcm24, 48_000, at, channels: 2)),
        ("FLAC, 16 bits", 0.999, (path, at) => Save(path, SndFileWriter.Flac | SndFileWriter.Pcm16, Rate, at)),
        ("FLAC, 24 bits, 48 kHz", 0.999, (path, at) => Save(path, SndFileWriter.Flac | Pcm24, 48_000, at)),
        ("Ogg Vorbis", 0.98, (path, at) => Save(path, SndFileWriter.Ogg | SndFileWriter.Vorbis, Rate, at)),
        ("Opus, 48 kHz", 0.95, (path, at) => Save(path, SndFileWriter.Ogg | SndFileWriter.Opus, 48_000, at)),
        ("MP3", 0.98, (path, at) => Save(path, SndFileWriter.Mpeg | SndFileWriter.LayerIII, Rate, at)),
        ("12 dB louder (float WAV)", null, (path, at) => Float(path, t => 3.98 * at(t))),
        ("12 dB softer", null, (path, at) => Float(path, t => at(t) / 3.98)),
        ("40 dB softer", null, (path, at) => Float(path, t => at(t) / 100)),
        ("after 0.1 s of silence", null, (path, at) => Float(path, t => t < 0.1 ? 0 : at(t - 0.1), 0.1)),
        ("after 0.5 s of silence", null, (path, at) => Float(path, t => t < 0.5 ? 0 : at(t - 0.5), 0.5)),
        ("after 3 s of silence", null, (path, at) => Float(path, t => t < 3 ? 0 : at(t - 3), 3)),
    ];

    public sealed record Row(string Form, double? Least, double Lowest, double Mean);

    public static IReadOnlyList<Row> Measure(SoundEmbedder embedder)
    {
        using var folder = new TemporaryFolder();
        var rows = new List<Row>();
        var references = ClipsByFormula.All.Select(clip =>
        {
            var path = folder.File($"{clip.Name}.wav");
            Float(path, clip.At);
            return embedder.EmbedFile(path);
        }).ToArray();
        foreach (var (form, least, save) in Forms)
        {
            var path = folder.File("other.sound");
            var cosines = ClipsByFormula.All.Select((clip, i) =>
            {
                save(path, clip.At);
                return Cosine(references[i], embedder.EmbedFile(path));
            }).ToArray();
            rows.Add(new(form, least, cosines.Min(), cosines.Average()));
        }
        return rows;
    }

    public static void Write(TextWriter output, IEnumerable<Row> rows)
    {
        output.WriteLine("| form | lowest cosine | mean | promised |");
        output.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var row in rows) output.WriteLine(FormattableString.Invariant($"| {row.Form} | {row.Lowest:0.0000} | {row.Mean:0.0000} | {(row.Least is { } least ? $"{least}" : "")} |"));
    }

    private static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static void Float(string path, Func<double, double> at, double silence = 0) =>
        WavFile.Write(path, [.. Enumerable.Range(0, (int)((ClipsByFormula.Seconds + silence) * Rate)).Select(i => (float)at((double)i / Rate))], Rate, WavSampleFormat.IeeeFloat32);

    private static float[] Sampled(Func<double, double> at, int rate) => Samples.GetOrAdd((at, rate), static key => ClipsByFormula.Sample(key.At, key.Rate));

    private static void Save(string path, int format, int rate, Func<double, double> at, int channels = 1) =>
        SndFileWriter.Save(path, format, rate, channels, [.. Sampled(at, rate).SelectMany(sample => Enumerable.Repeat(sample, channels))]);
}
