using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

/// <summary>Files that cannot be read: each gives one line with the file's name, what was found and what was expected.</summary>
public sealed class SoundFileErrorTests : IDisposable
{
    private static readonly byte[] Mono16 = WavBytes.Format(WavBytes.Pcm, 1, 16);
    private static readonly byte[] Data = WavBytes.Data(1, 2, 3, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "is empty (0 bytes); expected a sound file", [] },
        { "begins with 'Dear reader,'; expected a WAV file ('RIFF....WAVE')", "Dear reader, this is text."u8.ToArray() },
        { "begins with bytes 00FF010203040506070809FF; expected a WAV file", [0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 11, 12] },
        { "begins with 'RIFFxxxxAVI '; expected a WAV file", "RIFFxxxxAVI LIST"u8.ToArray() },
        { "begins with 'RI'; expected a WAV file", "RI"u8.ToArray() },
        { "has no 'fmt ' chunk", WavBytes.File() },
        { "has no 'fmt ' chunk", WavBytes.File(Data) },
        { "has no 'fmt ' chunk", WavBytes.File(WavBytes.Chunk("LIST", new byte[20], size: 100_000), Mono16, Data) },
        { "has no 'data' chunk", WavBytes.File(Mono16) },
        { "has no 'data' chunk", WavBytes.File(Mono16, new byte[5000]) },
        { "has a 'fmt ' chunk of 6 bytes; expected at least 14", WavBytes.File(WavBytes.Chunk("fmt ", new byte[6]), Data) },
        { "declares 0 channels; expected 1 to 1024", WavBytes.File(WavBytes.Format(1, 0, 16), Data) },
        { "declares 65535 channels; expected 1 to 1024", WavBytes.File(WavBytes.Format(1, 65535, 8), Data) },
        { "declares 0 Hz; expected 1000 to 10000000 Hz", WavBytes.File(WavBytes.Format(1, 1, 16, rate: 0), Data) },
        { "declares 4294967295 Hz; expected", WavBytes.File(WavBytes.Format(1, 1, 16, rate: 4294967295), Data) },
        { "holds 1 bytes of samples, not one frame; its header declares 9", WavBytes.File(Mono16, WavBytes.Chunk("data", [1], 9, false)) },
        { "the sample at frame 2 is NaN; expected finite numbers", Floats(0.5f, 0, float.NaN, 1) },
        { "the sample at frame 1 is infinite; expected finite numbers", Floats(0.5f, float.NegativeInfinity) },
        { "the sample at frame 1 is 1E+35; expected finite numbers", Floats(0.5f, 1e35f) },
        { "the sample at frame 20000 is NaN; expected finite numbers", Floats([.. new float[20000], float.NaN, 0, 0]) },
        { "the sample at frame 0 is infinite", WavBytes.File(WavBytes.Format(3, 1, 64), WavBytes.Data(WavBytes.Float64(1e300))) },
        { "the sample at frame 1 is NaN", WavBytes.File(WavBytes.Format(3, 2, 32), WavBytes.Data(WavBytes.Float32(1, 2, 3, float.NaN))) },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damaged_files_are_told_apart_in_one_line(string expected, byte[] content)
    {
        var path = _folder.File("sound.wav");
        File.WriteAllBytes(path, content);
        var error = Assert.Throws<SoundFileException>(() => SoundFile.ReadMono(path, 22_050));
        Assert.StartsWith($"{path}: {expected}", error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
        Assert.DoesNotContain('\n', error.Message);
        // Nothing is left open: on Windows this would fail.
        File.Delete(path);
    }

    [Fact]
    public void A_chain_of_ten_thousand_chunks_is_noise()
    {
        var path = _folder.File("sound.wav");
        File.WriteAllBytes(path, WavBytes.File([.. Enumerable.Repeat(WavBytes.Chunk("junk", []), 20_000), Mono16, Data]));
        var error = Assert.Throws<SoundFileException>(() => SoundFile.ReadMono(path, 22_050));
        Assert.Contains("has no 'fmt ' chunk", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = _folder.File("absent.wav");
        var error = Assert.Throws<FileNotFoundException>(() => SoundFile.ReadMono(path, 22_050));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SoundFile.Open(Path.ChangeExtension(path, ".flac")));
    }

    [Fact]
    public void A_folder_is_no_sound_file()
    {
        var error = Assert.Throws<SoundFileException>(() => SoundFile.Open(_folder.Path));
        Assert.Equal($"{_folder.Path}: is a folder; expected a sound file", error.Message);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        var path = _folder.File("sound.wav");
        WavFile.Write(path, new float[100], 8000);
        Assert.Throws<OperationCanceledException>(() => SoundFile.ReadMono(path, 8000, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_closed_reader_says_so()
    {
        var path = _folder.File("sound.wav");
        WavFile.Write(path, new float[100], 8000);
        var reader = SoundFile.Open(path, 22_050);
        reader.Dispose();
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.Read(new float[10]));
    }

    private static byte[] Floats(params float[] samples) =>
        WavBytes.File(WavBytes.Format(WavBytes.Float, 1, 32), WavBytes.Data(WavBytes.Float32(samples)));
}
