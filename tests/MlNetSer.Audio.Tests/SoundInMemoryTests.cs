using MlNetSer.Testing;
using static MlNetSer.Audio.Tests.SndFileWriter;

namespace MlNetSer.Audio.Tests;

/// <summary>Sound files whose bytes lie in memory, as services receive them.</summary>
public sealed class SoundInMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.flac", Flac | Pcm16)]
    [InlineData("a.aiff", Aiff | Pcm16)]
    [InlineData("a.w64", W64 | Pcm16)]
    [InlineData("plain.wav", Wav | Pcm16)]
    [InlineData("a-law.wav", Wav | ALaw)]
    [InlineData("a.ogg", Ogg | Vorbis)]
    [InlineData("a.opus", Ogg | Opus)]
    [InlineData("a.mp3", Mpeg | LayerIII)]
    public void Give_what_the_same_bytes_give_on_disk(string name, int format)
    {
        var path = _folder.File(name);
        Save(path, format, 48_000, 2, [.. Enumerable.Range(0, 96_000).Select(i => (float)(0.4 * Math.Sin(1e-3 * i * (i % 1000))))]);
        var onDisk = SoundFile.ReadMono(path, 22_050);
        Assert.NotEmpty(onDisk);
        // Inside a larger array, with other bytes on both sides.
        var bytes = (byte[])[1, 2, 3, .. File.ReadAllBytes(path), 4, 5];
        Assert.Equal(onDisk, SoundFile.ReadMono(bytes.AsMemory()[3..^2], "upload", 22_050));
        Parallel.For(0, 8, _ => Assert.Equal(onDisk, SoundFile.ReadMono(bytes.AsMemory()[3..^2], "upload", 22_050)));
    }

    [Theory]
    [InlineData(new byte[0], "upload: is empty")]
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46 }, "upload: begins with")]
    public void That_are_none_are_refused_by_their_name(byte[] content, string message)
    {
        var error = Assert.Throws<SoundFileException>(() => SoundFile.ReadMono(content, "upload", 22_050));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SoundFile.ReadMono(content, " ", 22_050));
    }

    [Theory]
    [InlineData("a.flac", Flac | Pcm16)]
    [InlineData("a.ogg", Ogg | Vorbis)]
    [InlineData("a.aiff", Aiff | Pcm16)]
    [InlineData("a.wav", Wav | Pcm16)]
    public void Damaged_ones_give_samples_or_one_error(string name, int format)
    {
        var path = _folder.File(name);
        Save(path, format, 16_000, 1, [.. Enumerable.Range(0, 8_000).Select(i => (float)(0.4 * Math.Sin(0.05 * i)))]);
        var whole = File.ReadAllBytes(path);
        var random = new Random(format);
        for (var i = 0; i < 300; i++)
        {
            var damaged = whole[..random.Next(1, whole.Length + 1)];
            for (var flips = random.Next(0, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.DoesNotContain(SoundFile.ReadMono(damaged, name, 16_000), s => !float.IsFinite(s));
            }
            catch (SoundFileException error)
            {
                Assert.StartsWith(name, error.Message, StringComparison.Ordinal);
            }
        }
    }
}
