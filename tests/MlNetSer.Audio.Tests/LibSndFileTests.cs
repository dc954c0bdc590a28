using MlNetSer.Testing;
using static MlNetSer.Audio.Tests.SndFileWriter;

namespace MlNetSer.Audio.Tests;

/// <summary>What is not plain WAV, through libsndfile.</summary>
public sealed class LibSndFileTests : IDisposable
{
    private const int Rate = 48_000;

    private static readonly ParallelOptions EightThreads = new() { MaxDegreeOfParallelism = 8 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.flac", Flac | Pcm16)]
    [InlineData("a.aiff", Aiff | Pcm16)]
    [InlineData("a.au", Au | Pcm16)]
    [InlineData("a.caf", Caf | Pcm16)]
    [InlineData("a.w64", W64 | Pcm16)]
    [InlineData("a.wav", Wav | Pcm16 | BigEndian)]
    public void Lossless_formats_give_every_sample(string name, int format)
    {
        short[] samples = [.. Enumerable.Range(0, 100_000).Select(i => (short)((i * 7919 % 65536) - 32768))];
        var path = _folder.File(name);
        Save(path, format, Rate, 2, samples);
        using var reader = SoundFile.Open(path);
        Assert.Equal((Rate, 2, 50_000L), (reader.SampleRate, reader.Channels, reader.Frames));
        Assert.Equal(samples.Chunk(2).Select(pair => (pair[0] + pair[1]) / 65536f), SoundFile.ReadMono(path, Rate));
    }

    [Theory]
    [InlineData("a.ogg", Ogg | Vorbis)]
    [InlineData("a.opus", Ogg | Opus)]
    [InlineData("a.mp3", Mpeg | LayerIII)]
    [InlineData("ima.wav", Wav | ImaAdpcm)]
    [InlineData("ms.wav", Wav | MsAdpcm)]
    [InlineData("a-law.wav", Wav | ALaw)]
    [InlineData("mu-law.wav", Wav | MuLaw)]
    public void Lossy_formats_give_the_tone_at_its_level_and_length(string name, int format)
    {
        var path = _folder.File(name);
        Save(path, format, Rate, 1, [.. Enumerable.Range(0, 2 * Rate).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * 1000 * i / Rate)))]);
        var sound = SoundFile.ReadMono(path, 22_050);
        Assert.InRange(sound.Length, 2 * 22_050, (2 * 22_050) + 2000);
        var middle = sound.AsSpan(5000, 30_000);
        Assert.Equal(0.5, Spectrum.Amplitude(middle, 1000, 22_050), 0.01);
        Assert.InRange(Spectrum.Amplitude(middle, 3000, 22_050), 0, 0.01);
    }

    [Fact]
    public void Real_clips_read_at_once_are_the_same_as_one_by_one()
    {
        RequireLibrary();
        var clips = SoundFile.Find(SharedData.Require("data", "esc10", "audio")).Take(24).ToArray();
        var oneByOne = clips.Select(c => SoundFile.ReadMono(c, 22_050)).ToArray();
        Assert.All(oneByOne, s => Assert.InRange(s.Length, 22_050 * 5 / 2, 22_050 * 8));
        var atOnce = new float[clips.Length][];
        Parallel.For(0, clips.Length, EightThreads, i => atOnce[i] = SoundFile.ReadMono(clips[i], 22_050));
        Assert.All(oneByOne.Zip(atOnce), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    [Theory]
    [InlineData("a.flac", Flac | Pcm16)]
    [InlineData("a.ogg", Ogg | Vorbis)]
    [InlineData("a.mp3", Mpeg | LayerIII)]
    [InlineData("a.aiff", Aiff | Pcm16)]
    public void A_file_that_was_cut_gives_what_is_left(string name, int format)
    {
        var path = _folder.File(name);
        float[] sound = [.. Enumerable.Range(0, 4 * Rate).Select(i => (float)(0.5 * Math.Sin(0.1 * i) * Math.Cos(1e-4 * i * i)))];
        Save(path, format, Rate, 1, sound);
        var whole = SoundFile.ReadMono(path, Rate);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        var half = SoundFile.ReadMono(path, Rate);
        Assert.InRange(half.Length, whole.Length / 4, whole.Length * 3 / 4);
        Assert.Equal(whole.AsSpan(0, half.Length / 2), half.AsSpan(0, half.Length / 2));
    }

    [Fact]
    public void A_FLAC_file_of_which_only_the_header_is_left_is_refused()
    {
        var path = _folder.File("a.flac");
        Save(path, Flac | Pcm16, Rate, 1, new float[Rate]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..60]);
        var error = Assert.Throws<SoundFileException>(() => SoundFile.ReadMono(path, Rate));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("text.ogg")]
    [InlineData("text.flac")]
    [InlineData("text.mp3")]
    [InlineData("text.aiff")]
    [InlineData("text")]
    public void A_text_file_is_refused_with_its_first_letters(string name)
    {
        RequireLibrary();
        var path = _folder.File(name);
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("Dear reader, this is text.\n", 500)));
        var error = Assert.Throws<SoundFileException>(() => SoundFile.ReadMono(path, Rate));
        Assert.StartsWith($"{path}: begins with 'Dear reader,', which is not WAV; libsndfile-", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Every_thread_is_told_why_its_own_file_failed()
    {
        RequireLibrary();
        // Two ways to fail: no known format, and a known one without any sound in it.
        string[] paths = [_folder.File("text.ogg"), _folder.File("empty.ogg"), _folder.File("sound.flac")];
        File.WriteAllText(paths[0], "Dear reader, this is text.");
        File.WriteAllText(paths[1], "OggS and nothing more of it.");
        Save(paths[2], Flac | Pcm16, Rate, 1, new float[1000]);
        string[] alone = [.. paths[..2].Select(p => Assert.Throws<SoundFileException>(() => SoundFile.Open(p)).Message)];
        Assert.NotEqual(alone[0].Split("cannot read it")[1], alone[1].Split("cannot read it")[1]);
        Parallel.For(0, 6000, EightThreads, i =>
        {
            if (i % 3 == 2) Assert.Equal(1000, SoundFile.ReadMono(paths[2], Rate).Length);
            else Assert.Equal(alone[i % 3], Assert.Throws<SoundFileException>(() => SoundFile.Open(paths[i % 3])).Message);
        });
    }

    [Fact]
    public void Content_counts_not_the_name()
    {
        var path = _folder.File("sound.wav");
        Save(path, Flac | Pcm16, Rate, 1, new float[1000]);
        Assert.Equal(1000, SoundFile.ReadMono(path, Rate).Length);
    }

    [Fact]
    public void Names_in_any_script_are_opened()
    {
        var path = _folder.File("Geräusch – 音 🔊.flac");
        Save(path, Flac | Pcm16, Rate, 1, new float[1000]);
        Assert.Equal(1000, SoundFile.ReadMono(path, Rate).Length);
    }

    [Fact]
    public void Where_the_library_is_missing_the_message_tells_how_to_install_it()
    {
        Assert.Equal(0, SndFileLibrary.Load(["libsndfile-of-no-such-name.so.7"]));
        var message = SndFileSource.MissingLibrary("sounds/a.flac", "begins with 'fLaC', which is not WAV").Message;
        Assert.StartsWith(
            "sounds/a.flac: begins with 'fLaC', which is not WAV; reading it needs libsndfile", message, StringComparison.Ordinal);
        Assert.Contains("'apt-get install libsndfile1' (Debian, Ubuntu)", message, StringComparison.Ordinal);
        Assert.Contains("'dnf install libsndfile' (Fedora)", message, StringComparison.Ordinal);
        Assert.Contains("'brew install libsndfile' (macOS)", message, StringComparison.Ordinal);
        Assert.Contains("sndfile.dll", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
