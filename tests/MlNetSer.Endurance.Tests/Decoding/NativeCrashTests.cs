using System.Diagnostics;
using MlNetSer.Audio.Tests;
using MlNetSer.Cli;
using MlNetSer.Testing;
using MlNetSer.Tests;

namespace MlNetSer.Endurance.Tests;

/// <summary>A libsndfile that really crashes, in a run over many files.</summary>
public sealed class NativeCrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_that_crash_libsndfile_are_left_out_and_named_and_all_others_are_embedded()
    {
        SndFileWriter.RequireLibrary();
        const int Sound = 24;
        for (var i = 0; i < Sound; i++) SndFileWriter.Save(_folder.File("sounds", $"{i:00}.flac"), SndFileWriter.Flac | SndFileWriter.Pcm16, 22050, 1, TestModel.Sound(0.3, i));
        foreach (var name in new[] { "05-crash", "11-later" }) File.Copy(_folder.File("sounds", "00.flac"), _folder.File("sounds", $"{name}.flac"));
        TestModel.Write(_folder.File("encoder.onnx"));

        var run = Embed(StandInLibrary.Build(_folder));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("2 of 26 sounds cannot be read", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"05-crash\.flac: crashes libsndfile \(signal 11 ", run.Error);
        Assert.Matches(@"11-later\.flac: crashes libsndfile \(signal 11 ", run.Error);
        var rows = File.ReadAllLines(_folder.File("embeddings.csv"));
        Assert.Equal(1 + Sound, rows.Length);
        // Decoded elsewhere, and the same.
        using var embedder = new SoundEmbedder(_folder.File("encoder.onnx"));
        var vector = embedder.EmbedFile(_folder.File("sounds", "03.flac"));
        Assert.Equal(vector, rows.Single(r => r.Contains("03.flac", StringComparison.Ordinal)).Split(',')[2..].Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private ToolProcess Embed(string libraryFolder)
    {
        var tool = Path.Combine(AppContext.BaseDirectory, "MlNetSer.Cli.dll");
        var start = new ProcessStartInfo("dotnet", [tool, "embed", "--model", "encoder.onnx", "--data", "sounds", "--out", "embeddings.csv"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start.In(libraryFolder))!;
        return ToolProcess.Finish(process);
    }
}
