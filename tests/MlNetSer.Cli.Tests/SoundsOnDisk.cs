using MlNetSer.Audio;
using MlNetSer.Testing;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Cli;

/// <summary>Sound files, good and bad, for the tool to work on.</summary>
internal static class SoundsOnDisk
{
    /// <summary>A folder "sounds" with some classes of synthesised clips.</summary>
    public static string Synthesise(TemporaryFolder folder, int classes, int clips)
    {
        var sounds = Path.Combine(folder.Path, "sounds");
        new SoundSynthesiser(1).WriteFolder(sounds, clips, [.. SoundEventClass.All.Take(classes)]);
        return sounds;
    }

    /// <summary>A good clip of half a second.</summary>
    public static void Good(string path) => WavFile.Write(path, Tone(), 22050);

    /// <summary>A file that cannot be read as sound, for the reason that its name says.</summary>
    public static void Bad(string path)
    {
        switch (Path.GetFileNameWithoutExtension(path))
        {
            case "text":
                File.WriteAllText(path, "This was a note before somebody renamed it.");
                break;
            case "truncated":
                Good(path);
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..30]);
                break;
            case "nan":
                WavFile.Write(path, Tone(), 22050, WavSampleFormat.IeeeFloat32);
                var bytes = File.ReadAllBytes(path);
                BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length / 8 * 4 + 2), float.NaN);
                File.WriteAllBytes(path, bytes);
                break;
            case var other:
                throw new ArgumentException(other, nameof(path));
        }
    }

    private static float[] Tone() => [.. Enumerable.Range(0, 11025).Select(i => 0.5f * MathF.Sin(0.1f * i))];
}
