using System.Buffers.Binary;
using System.Text;
using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

public sealed class WavFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_16_bit_file_has_the_canonical_44_bytes_and_the_rounded_and_clipped_samples()
    {
        var path = _folder.File("a.wav");
        WavFile.Write(path, [0, 0.5f, -1, 1, 1.5f, -1.5f, 1.6f / 32768], 22_050);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(
            "52494646" + "32000000" + "57415645" + "666D7420" + "10000000" + "0100" + "0100" + "22560000" + "44AC0000" + "0200" + "1000"
            + "64617461" + "0E000000" + "0000" + "0040" + "0080" + "FF7F" + "FF7F" + "0080" + "0200",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_float_file_has_a_fact_chunk_and_the_samples_as_they_are()
    {
        var path = _folder.File("a.wav");
        WavFile.Write(path, [0.1f, -7.25f], 48_000, WavSampleFormat.IeeeFloat32);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(66, bytes.Length);
        Assert.Equal(bytes.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)));
        Assert.Equal(3, BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(20)));
        Assert.Equal("fact", Encoding.ASCII.GetString(bytes, 38, 4));
        Assert.Equal(2, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(46)));
        Assert.Equal("data", Encoding.ASCII.GetString(bytes, 50, 4));
        Assert.Equal(8, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(54)));
        Assert.Equal(0.1f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(58)));
        Assert.Equal(-7.25f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(62)));
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        var path = _folder.File("a.wav");
        float[] sound = [.. Enumerable.Range(0, 40_000).Select(i => (float)(0.9 * Math.Sin(i * 0.01)))];
        WavFile.Write(path, sound, 16_000, WavSampleFormat.IeeeFloat32);
        Assert.Equal(sound, SoundFile.ReadMono(path, 16_000));
        WavFile.Write(path, sound, 16_000);
        Assert.All(SoundFile.ReadMono(path, 16_000).Zip(sound), p => Assert.InRange(p.First - p.Second, -0.5001f / 32768, 0.5001f / 32768));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.File("a.wav");
        WavFile.Write(path, [0.5f], 8_000);
        var before = File.ReadAllBytes(path);
        var late = new float[100_000];
        late[90_000] = float.NaN;
        var error = Assert.Throws<ArgumentException>(() => WavFile.Write(path, late, 8_000));
        Assert.Contains("90000", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var path = Path.Combine(_folder.Path, "absent", "a.wav");
        var error = Assert.Throws<DirectoryNotFoundException>(() => WavFile.Write(path, [0], 8_000));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_sound_is_written_and_read_as_one()
    {
        var path = _folder.File("a.wav");
        WavFile.Write(path, [], 8_000);
        Assert.Equal(44, new FileInfo(path).Length);
        Assert.Empty(SoundFile.ReadMono(path, 22_050));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(999)]
    [InlineData(10_000_001)]
    public void A_rate_that_is_none_is_refused(int rate) =>
        Assert.Throws<ArgumentOutOfRangeException>("sampleRate", () => WavFile.Write(_folder.File("a.wav"), [0], rate));
}
