using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Embedding many sounds, killed and done again, goes on where it was and gives the same file.</summary>
public sealed class StoppedEmbeddingTests : IDisposable
{
    private const int Sounds = 400;

    private readonly TemporaryFolder _folder = new();

    public StoppedEmbeddingTests()
    {
        for (var i = 0; i < Sounds; i++) SoundsOnDisk.Good(_folder.File("sounds", $"{i:000}.wav"));
        SoundsOnDisk.Bad(_folder.File("sounds", "text.wav"));
        TinyEncoder.Save(_folder.File("tiny.onnx"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("e.csv", "e.csv", "e.csv.progress")]
    [InlineData("e.parquet", "e.parquet", "e.parquet.progress")]
    [InlineData("parts", "parts/part-00000-of-00001.parquet", "parts/.part-00000-of-00001.parquet.progress", "--patches")]
    public async Task Killed_it_goes_on_where_it_was(string output, string file, string journal, params string[] more)
    {
        var expected = await Uninterrupted(output, file, more);
        await Killed(output, journal, more);
        var again = ToolProcess.Run(_folder.Path, Arguments(output, more));
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("embeddings are there from a run that was stopped.", again.Error, StringComparison.Ordinal);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder.File(file.Split('/'))));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.progress", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_has_changed_since_is_embedded_anew()
    {
        await Killed("e.csv", "e.csv.progress");
        // The first one's embedding is there by now.
        Audio.WavFile.Write(_folder.File("sounds", "000.wav"), [.. Enumerable.Range(0, 9000).Select(i => MathF.Sin(i * i * 1e-4f))], 22_050);
        var bytes = await File.ReadAllBytesAsync(_folder.File("e.csv.progress"));
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_folder.File("e.csv.progress"), bytes[..^7]);
        var again = ToolProcess.Run(_folder.Path, Arguments("e.csv"));
        Assert.Contains("embeddings are there", again.Error, StringComparison.Ordinal);
        var resumed = await File.ReadAllBytesAsync(_folder.File("e.csv"));
        Assert.Equal(await Uninterrupted("e.csv", "e.csv"), resumed);
    }

    [Fact]
    public async Task What_is_of_another_model_is_not_taken()
    {
        await Killed("e.csv", "e.csv.progress");
        var again = ToolProcess.Run(_folder.Path, ["embed", "--data", "sounds/000.wav", "--out", "e.csv"]);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.DoesNotContain("embeddings are there", again.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("e.csv.progress")));
    }

    private static string[] Arguments(string output, params string[] more) =>
        ["embed", "--model", "tiny.onnx", "--data", "sounds", "--out", output, "--threads", "1", .. more];

    private async Task<byte[]> Uninterrupted(string output, string file, params string[] more)
    {
        var run = ToolProcess.Run(_folder.Path, Arguments(output, more));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("embeddings are there", run.Error, StringComparison.Ordinal);
        var path = _folder.File(file.Split('/'));
        var bytes = await File.ReadAllBytesAsync(path);
        File.Delete(path);
        return bytes;
    }

    /// <summary>Starts it and kills it once some embeddings are kept.</summary>
    private async Task Killed(string output, string journal, params string[] more)
    {
        using var process = ToolProcess.Start(_folder.Path, Arguments(output, more));
        var file = new FileInfo(_folder.File(journal.Split('/')));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2); file.Refresh())
            if (process.HasExited || (file.Exists && file.Length > 3000)) break;
        Assert.False(process.HasExited, "It ended before it was killed.");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(File.Exists(_folder.File(output)));
    }
}
