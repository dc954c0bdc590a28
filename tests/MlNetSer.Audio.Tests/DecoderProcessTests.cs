using System.Diagnostics;
using System.Runtime.CompilerServices;
using MlNetSer.Testing;
using static MlNetSer.Audio.Tests.SndFileWriter;

namespace MlNetSer.Audio.Tests;

/// <summary>Decoding in another process. These tests are that process as well: started with a variable set, they decode and do nothing else.</summary>
public sealed class DecoderProcessTests : IDisposable
{
    private const string ServeVariable = "MLNETSER_TESTS_DECODE";
    private const string Finding = "is no WAV file";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        // A process that waits for work would be given to the next test.
        DecoderProcess.Take(Decoder).Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Sounds_decoded_in_one_process_after_the_other_are_those_decoded_here()
    {
        string[] paths = [_folder.File("short.flac"), _folder.File("long.ogg")];
        Save(paths[0], Flac | Pcm16, 22_050, 1, Tone(1000));
        Save(paths[1], Ogg | Vorbis, 48_000, 2, Tone(2 * 100_000));
        var processes = new HashSet<DecoderProcess>();
        foreach (var path in paths)
        {
            using var here = new SndFileSource(path, null, Finding);
            var process = DecoderProcess.Take(Decoder);
            processes.Add(process);
            using var there = new ProcessSource(path, Finding, process);
            Assert.Equal((here.SampleRate, here.Channels, here.Frames, here.ExpectedFrames), (there.SampleRate, there.Channels, there.Frames, there.ExpectedFrames));
            Assert.Equal(All(here), All(there));
        }
        Assert.Single(processes);
    }

    [Fact]
    public void What_cannot_be_read_gives_the_reason_that_it_gives_here_and_the_process_goes_on()
    {
        RequireLibrary();
        var (broken, sound) = (_folder.File("broken.flac"), _folder.File("sound.flac"));
        File.WriteAllBytes(broken, [.. "fLaC"u8, .. new byte[100]]);
        Save(sound, Flac | Pcm16, 22_050, 1, Tone(1000));
        var process = DecoderProcess.Take(Decoder);
        var reason = Assert.Throws<SoundFileException>(() => new SndFileSource(broken, null, Finding)).Message;
        Assert.Equal(reason, Assert.Throws<SoundFileException>(() => new ProcessSource(broken, Finding, process)).Message);
        var again = DecoderProcess.Take(Decoder);
        Assert.Same(process, again);
        using var source = new ProcessSource(sound, Finding, again);
        Assert.Equal(1000, All(source).Length);
    }

    [Theory]
    [InlineData("kill -SEGV $$", "signal 11")]
    [InlineData("exit 3", "exit code 3")]
    public void A_process_that_comes_to_its_end_is_told_as_a_sound_that_cannot_be_read(string command, string end)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: needs a POSIX shell.");
        var process = DecoderProcess.Take(() => new("/bin/sh", ["-c", $"read line; {command}"]));
        var error = Assert.Throws<SoundFileException>(() => new ProcessSource("a\n.flac", Finding, process));
        Assert.Equal($"a\n.flac: crashes libsndfile ({end} in the process that decodes); expected a sound that can be decoded", error.Message);
    }

    [Fact]
    public void A_closed_sound_is_not_read()
    {
        var path = _folder.File("sound.flac");
        Save(path, Flac | Pcm16, 22_050, 1, Tone(1000));
        var source = new ProcessSource(path, Finding, DecoderProcess.Take(Decoder));
        source.Dispose();
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.ReadFrames(new float[10]));
    }

#pragma warning disable CA2255 // No entry point of our own: the test framework brings it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Serve()
    {
        if (Environment.GetEnvironmentVariable(ServeVariable) is null) return;
        DecoderProcesses.Serve();
        Environment.Exit(0);
    }

    private static ProcessStartInfo Decoder()
    {
        var name = typeof(DecoderProcessTests).Assembly.GetName().Name;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name!));
        start.Environment[ServeVariable] = "1";
        return start;
    }

    private static float[] Tone(int samples) => [.. Enumerable.Range(0, samples).Select(i => (float)(0.4 * Math.Sin(0.05 * i)))];

    private static float[] All(FrameSource source)
    {
        var samples = new List<float>();
        var block = new float[source.Channels * 4096];
        while (source.ReadFrames(block) is > 0 and var frames) samples.AddRange(block.AsSpan(0, frames * source.Channels));
        return [.. samples];
    }
}
