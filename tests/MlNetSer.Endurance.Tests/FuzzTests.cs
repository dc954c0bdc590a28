using System.Buffers.Binary;
using MlNetSer.Audio.Tests;

namespace MlNetSer.Endurance.Tests;

/// <summary>The short form of <c>fuzz</c>: thousands of damaged files, the same each time, and every file that once failed.</summary>
public class FuzzTests
{
    private const int Inputs = 2500;

    public static TheoryData<string> Readers => [.. FuzzTargets.Own.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Damaged_files_are_read_or_refused_as_documented(string reader)
    {
        var target = FuzzTargets.Of(reader).Single();

        var report = new Fuzzer(target, seed: 2).Run(Inputs);

        Assert.True(report.Findings.Count == 0, report.Findings.Count == 0 ? "" : $"{Convert.ToHexString(report.Findings[0].Input)}: {report.Findings[0].Problem}");
        // Neither is the only thing that ever happens.
        Assert.InRange(report.Read, Inputs / 50, Inputs * 49 / 50);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    [InlineData("parquet")]
    public void Inputs_that_once_failed_do_so_no_more(string reader)
    {
        var target = FuzzTargets.Of(reader).Single();
        Assert.All(target.Corpus(), input => Assert.Null(new Fuzzer(target, seed: 1).Try(input.Content)));
    }

    /// <summary>What libsndfile reads is fuzzed by hand only, as its crash is the end of the process; the files to begin with must be worth it.</summary>
    [Fact]
    public void Sounds_to_be_damaged_for_libsndfile_are_read()
    {
        SndFileWriter.RequireLibrary();
        var target = FuzzTargets.Of("libsndfile").Single();
        Assert.Equal(10, target.Corpus().Count);
        Assert.All(target.Corpus(), input => target.Read(input.Content));
    }

    /// <summary>The engine itself: it would be of no use if it found nothing.</summary>
    [Fact]
    public void What_no_input_may_do_is_found()
    {
        var undocumented = Wav with { Read = input => throw new InvalidOperationException($"{input.Length}") };
        var greedy = Wav with { Read = input => GC.KeepAlive(new byte[20_000_000]) };
        var verbose = Wav with { Read = input => throw new IOException("a\nb"), IsDocumented = e => e is IOException };

        Assert.All([undocumented, greedy, verbose], target => Assert.Single(new Fuzzer(target, seed: 1).Run(50).Findings));
    }

    /// <summary>What a header claims is not believed: memory is taken for what lies in the file.</summary>
    [Theory]
    [InlineData("wav", "pcm16.wav", "data", 4)]
    [InlineData("cache", "two-clips.logmel", "MLNSLM01", 8)]
    [InlineData("pth", "legacy.pth", "cpu", 4)]
    public void Claims_of_gigabytes_allocate_nothing(string reader, string file, string before, int size)
    {
        var target = FuzzTargets.Of(reader).Single() with { MostMemory = 1_000_000 };
        var content = target.Corpus().Single(c => c.File == file).Content;
        var at = content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(before)) + before.Length;
        for (var place = at; place < at + 8; place++)
        {
            var claiming = content.ToArray();
            if (size == 8) BinaryPrimitives.WriteInt64LittleEndian(claiming.AsSpan(place), 4L << 30);
            else BinaryPrimitives.WriteUInt32LittleEndian(claiming.AsSpan(place), uint.MaxValue - 15);
            Assert.Null(new Fuzzer(target, seed: 1).Try(claiming));
        }
    }

    private static FuzzTarget Wav => SoundTargets.Wav;
}
