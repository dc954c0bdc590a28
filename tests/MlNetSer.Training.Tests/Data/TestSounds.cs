using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

/// <summary>Small sound files: every one has a tone and a noise level of its own.</summary>
internal static class TestSounds
{
    public const int Rate = 22050;

    public static float[] Waveform(int number, double seconds)
    {
        var random = new TrainingPosition(number, 0, 0).Random("sound");
        var pitch = 100 + 450 * number;
        var noise = 0.02 * (1 + number % 5);
        return [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(n =>
            (float)(0.5 * Math.Sin(2 * Math.PI * pitch * n / Rate) * (0.6 + 0.4 * Math.Sin(2.0 * n / Rate)) + random.Uniform(-noise, noise)))];
    }

    public static List<string> Write(TemporaryFolder folder, int count, double seconds = 1.5) =>
        [.. Enumerable.Range(0, count).Select(i => Write(folder, $"sound{i}.wav", Waveform(i, seconds + 0.1 * i)))];

    public static string Write(TemporaryFolder folder, string name, float[] waveform)
    {
        var path = folder.File(name);
        WavFile.Write(path, waveform, Rate, WavSampleFormat.IeeeFloat32);
        return path;
    }

    /// <summary>A cache of as many sounds.</summary>
    public static LogMelCache Cache(TemporaryFolder folder, int count, double seconds = 1.5) =>
        LogMelCache.OpenOrCreate(folder.File("cache"), Write(folder, count, seconds), new());
}
