using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Benchmarks;

/// <summary>
/// Labelled sets that encoders are judged by beside the real ones: real sounds played at another speed and under noise, and events of a synthesiser
/// that pretraining does not use.
/// </summary>
internal static class JudgeSounds
{
    private const float MostSemitones = 3;
    private const float LeastSignalToNoise = 5;
    private const float MostSignalToNoise = 20;
    private const int ClipsPerEvent = 20;

    /// <summary>Writes <c>altered.csv</c> with its sounds and the folder <c>events</c>; the same each time.</summary>
    internal static int Write(string sounds, string folder, TextWriter output)
    {
        Directory.CreateDirectory(Path.Combine(folder, "altered"));
        var clips = SoundTable.Read(sounds);
        Parallel.ForEach(clips, (clip, _, i) => WavFile.Write(AlteredPath(clip), Alter(SoundFile.ReadMono(clip.Path, 22050), (ulong)i), 22050));
        File.WriteAllLines(Path.Combine(folder, "altered.csv"), clips
            .Select(clip => string.Create(CultureInfo.InvariantCulture, $"altered/{Path.GetFileName(AlteredPath(clip))},{clip.Fold},{clip.Label}"))
            .Prepend("filename,fold,category"));
        var events = new SoundSynthesiser(2026).WriteFolder(Path.Combine(folder, "events"), ClipsPerEvent);
        output.WriteLine($"{clips.Count} altered sounds, {events.Count} synthesised events: {folder}");
        return 0;

        string AlteredPath(LabelledSound clip) => Path.Combine(folder, "altered", Path.GetFileNameWithoutExtension(clip.Path) + ".wav");
    }

    /// <summary>Up to 3 semitones higher or lower, as a tape at another speed, with pink noise 5 to 20 dB under the sound.</summary>
    private static float[] Alter(float[] samples, ulong number)
    {
        var random = new SoundRandom(12, number);
        var speed = MathF.Pow(2, random.Uniform(-MostSemitones, MostSemitones) / 12);
        var altered = Resampler.Resample(samples, (int)(22050 * speed), 22050);
        var noise = Noise.Coloured(random, altered.Length, NoiseColour.Pink);
        Level.Add(altered, noise, Level.Rms(altered) * Level.Gain(-random.Uniform(LeastSignalToNoise, MostSignalToNoise)));
        Level.SetPeak(altered, 0.9f);
        return altered;
    }
}
