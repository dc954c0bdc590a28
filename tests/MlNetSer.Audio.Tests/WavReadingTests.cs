using MlNetSer.Testing;
using static MlNetSer.Audio.Tests.WavBytes;

namespace MlNetSer.Audio.Tests;

/// <summary>What lies in a WAV file against what is read, for every encoding and the headers that occur in the wild.</summary>
public sealed class WavReadingTests : IDisposable
{
    private const string PcmGuid = "00000001-0000-0010-8000-00AA00389B71";
    private const string FloatGuid = "00000003-0000-0010-8000-00AA00389B71";
    private const string AmbisonicPcmGuid = "00000001-0721-11D3-8644-C8C1CA000000";

    private static readonly byte[] Mono16 = Format(Pcm, 1, 16);
    private static readonly byte[] Three = Int16(100, -200, 300);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], float[]> Encodings => new()
    {
        { "8 bits", File(Format(1, 1, 8), Data(0, 64, 128, 192, 255)), [-1, -0.5f, 0, 0.5f, 127f / 128] },
        { "16 bits", File(Mono16, Data(Int16(-32768, -1, 0, 1, 32767))), [-1, -1f / 32768, 0, 1f / 32768, 32767f / 32768] },
        { "24 bits", File(Format(1, 1, 24), Data(Int24(-8388608, -1, 0x123456))), [-1, -1f / 8388608, 1193046f / 8388608] },
        { "32 bits", File(Format(1, 1, 32), Data(Int32(int.MinValue, 1 << 30, -(1 << 20)))), [-1, 0.5f, -1f / 2048] },
        { "32-bit float", File(Format(3, 1, 32), Data(Float32(0.1f, -3.5f, 1e-30f))), [0.1f, -3.5f, 1e-30f] },
        { "64-bit float", File(Format(3, 1, 64), Data(Float64(0.1, -3.5))), [0.1f, -3.5f] },
        { "12 bits in two bytes", File(Format(1, 1, 12), Data(Int16(0x4000))), [0.5f] },
        { "20 bits in three bytes", File(Format(1, 1, 20), Data(Int24(0x400000))), [0.5f] },
        { "24 bits in four bytes", File(Format(1, 1, 24, bytesPerFrame: 4), Data(Int32(1 << 30))), [0.5f] },
        { "extensible PCM", File(Extensible(PcmGuid, 1, 16, 16), Data(Int16(16384))), [0.5f] },
        { "extensible 24 of 32 bits", File(Extensible(PcmGuid, 1, 32, 24), Data(Int32(-(1L << 30)))), [-0.5f] },
        { "extensible float", File(Extensible(FloatGuid, 1, 32, 32), Data(Float32(0.3f))), [0.3f] },
        { "ambisonic", File(Extensible(AmbisonicPcmGuid, 1, 16, 16), Data(Int16(-16384))), [-0.5f] },
        { "bytes per frame of 0", File(Format(1, 1, 16, bytesPerFrame: 0), Data(Int16(16384))), [0.5f] },
        { "bits of 0", File(Format(1, 1, 0, bytesPerFrame: 2), Data(Int16(16384))), [0.5f] },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Every_encoding_is_read_with_full_scale_1(string what, byte[] file, float[] expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(expected, Read(file));
    }

    [Fact]
    public void Long_sounds_are_read_whole_whatever_the_block_length()
    {
        int[] values = [.. Enumerable.Range(0, 200_001).Select(i => (i * 7919 % 65536) - 32768)];
        float[] expected = [.. values.Select(v => v / 32768f)];
        var path = Write(File(Mono16, Data(Int16(values))));
        Assert.Equal(expected, SoundFile.ReadMono(path, 8000));
        using var reader = SoundFile.Open(path);
        Assert.Equal(200_001, reader.Frames);
        var piece = new float[777];
        var read = new List<float>();
        while (reader.Read(piece) is > 0 and var count)
        {
            Assert.True(count == piece.Length || read.Count + count == values.Length);
            read.AddRange(piece.AsSpan(0, count));
        }
        Assert.Equal(expected, read);
        Assert.Equal(0, reader.Read(piece));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(64)]
    [InlineData(1024)]
    public void Channels_are_averaged(int channels)
    {
        // Channel c of frame f holds 8 (f + c); the mean over c is 8 f + 4 (channels - 1).
        const int Frames = 2500;
        var values = Enumerable.Range(0, Frames).SelectMany(f => Enumerable.Range(0, channels).Select(c => 8 * (f + c))).ToArray();
        var read = Read(File(Format(1, channels, 16), Data(Int16(values))));
        Assert.Equal(Frames, read.Length);
        for (var f = 0; f < Frames; f++) Assert.Equal(((8 * f) + (4 * (channels - 1))) / 32768.0, read[f], 1e-6);
    }

    [Fact]
    public void Opposite_channels_cancel()
    {
        var read = Read(File(Format(1, 2, 16), Data(Int16(20000, -20000, 100, 300))));
        Assert.Equal([0, 200f / 32768], read);
    }

    public static TheoryData<string, byte[]> Layouts => new()
    {
        { "chunks before and between", File(Chunk("JUNK", new byte[28]), Mono16, Chunk("LIST", "INFOISFT"u8.ToArray()), Data(Three)) },
        { "odd chunk with its fill byte", File(Chunk("odd ", [1, 2, 3]), Mono16, Data(Three)) },
        { "odd chunk without its fill byte", File(Chunk("odd ", [1, 2, 3], padded: false), Mono16, Data(Three)) },
        { "odd chunk without fill byte before data", File(Mono16, Chunk("odd ", [1], padded: false), Data(Three)) },
        { "chunk behind the samples", File(Mono16, Data(Three), Chunk("LIST", new byte[40])) },
        { "format behind the samples", File(Data(Three), Mono16) },
        { "size 0", File(Mono16, Chunk("data", Three, size: 0)) },
        { "size 0xFFFFFFFF", File(Mono16, Chunk("data", Three, size: 0xFFFFFFFF)) },
        { "size 0x7FFFF000", File(Mono16, Chunk("data", Three, size: 0x7FFFF000)) },
        { "size two bytes too great", File(Mono16, Chunk("data", Three, size: 8)) },
        { "half a frame at the end", File(Mono16, Chunk("data", [.. Three, 77], size: 8, padded: false)) },
        { "half a frame counted", File(Mono16, Data([.. Three, 77])) },
        { "first header says 0", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. Mono16, .. Data(Three)] },
        { "first header says 0xFFFFFFFF", [.. "RIFF"u8, 255, 255, 255, 255, .. "WAVE"u8, .. Mono16, .. Data(Three)] },
        { "RF64", Long("RF64"u8, 6) },
        { "BW64", Long("BW64"u8, 6) },
        { "RF64 with a size of its own that is too great", Long("RF64"u8, long.MaxValue - 3) },
        { "RF64 with a size of its own below 0", Long("RF64"u8, -6) },
        { "two formats", File(Mono16, Format(3, 2, 64), Data(Three)) },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_layout_gives_the_same_three_samples(string what, byte[] file)
    {
        Assert.NotEmpty(what);
        Assert.Equal([100f / 32768, -200f / 32768, 300f / 32768], Read(file));
    }

    [Fact]
    public void A_sound_of_no_samples_between_chunks_is_empty()
    {
        Assert.Empty(Read(File(Mono16, Data())));
        Assert.Empty(Read(File(Mono16, Data(), Chunk("LIST", new byte[41]))));
    }

    [Fact]
    public void A_header_that_claims_4_GB_or_more_allocates_nothing_to_speak_of()
    {
        var path = Write(Long("RF64"u8, 1L << 60));
        SoundFile.ReadMono(path, 8000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        SoundFile.ReadMono(path, 8000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void A_long_file_is_resampled_in_little_memory_to_the_same_samples()
    {
        int[] values = [.. Enumerable.Range(0, 3_000_000).Select(i => (int)(20_000 * Math.Sin(0.02 * i)))];
        var path = Write(File(Format(Pcm, 2, 16, rate: 48_000), Data(Int16(values))));
        var whole = SoundFile.ReadMono(path, 22_050);
        var piece = new float[1000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = SoundFile.Open(path, 22_050);
        Assert.Equal(whole.Length, reader.Frames);
        Assert.Equal((22_050, 2), (reader.SampleRate, reader.Channels));
        var place = 0;
        while (reader.Read(piece) is > 0 and var count)
        {
            Assert.True(whole.AsSpan(place, count).SequenceEqual(piece.AsSpan(0, count)));
            place += count;
        }
        Assert.Equal(whole.Length, place);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_500_000);
    }

    [Fact]
    public void Content_counts_not_the_name() =>
        Assert.Equal(3, SoundFile.ReadMono(Write(File(Mono16, Data(Three)), "sound.mp3"), 8000).Length);

    private static byte[] Long(ReadOnlySpan<byte> form, long size) =>
    [
        .. form, 255, 255, 255, 255, .. "WAVE"u8,
        .. Chunk("ds64", [.. BitConverter.GetBytes(1000L), .. BitConverter.GetBytes(size), .. BitConverter.GetBytes(3L), 0, 0, 0, 0]),
        .. Mono16, .. Chunk("data", Three, size: 0xFFFFFFFF),
    ];

    private float[] Read(byte[] file) => SoundFile.ReadMono(Write(file), 8000);

    private string Write(byte[] file, string name = "sound.wav")
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllBytes(path, file);
        return path;
    }
}
