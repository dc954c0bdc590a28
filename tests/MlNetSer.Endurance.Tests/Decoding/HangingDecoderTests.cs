using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Audio.Tests;
using MlNetSer.Cli;
using MlNetSer.Testing;
using MlNetSer.Tests;

namespace MlNetSer.Endurance.Tests;

/// <summary>A libsndfile that never answers, in a run over many files. How to decode, and how long, is the same for all of a process.</summary>
[Collection(nameof(HangingDecoderTests))]
[CollectionDefinition(nameof(HangingDecoderTests), DisableParallelization = true)]
public sealed class HangingDecoderTests : IDisposable
{
    /// <summary>Instead of a minute; a busy machine may need some of it to start a process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly TemporaryFolder _folder = new();
    private readonly TimeSpan _usual = DecoderProcess.Patience;

    public void Dispose()
    {
        (DecoderProcess.Start, DecoderProcess.Patience) = (null, _usual);
        _folder.Dispose();
    }

    [Fact]
    public void Files_that_libsndfile_is_never_done_with_are_left_out_and_named_and_all_others_are_embedded()
    {
        SndFileWriter.RequireLibrary();
        const int Sound = 24;
        string[] endless = ["05-hang.flac", "06-stop.flac"];
        for (var i = 0; i < Sound; i++) SndFileWriter.Save(_folder.File("sounds", $"{i:00}.flac"), SndFileWriter.Flac | SndFileWriter.Pcm16, 22050, 1, TestModel.Sound(0.3, i));
        foreach (var name in endless) File.Copy(_folder.File("sounds", "00.flac"), _folder.File("sounds", name));
        TestModel.Write(_folder.File("encoder.onnx"));
        var library = StandInLibrary.Build(_folder);
        Assert.Equal(TimeSpan.FromMinutes(1), _usual);
        DecoderProcess.Patience = Patience;
        DecoderProcesses.Use(() => Decoding.StartInfo("dotnet").In(library));

        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var exitCode = Tool.Run(
            ["embed", "--model", _folder.File("encoder.onnx"), "--data", _folder.File("sounds"), "--out", _folder.File("embeddings.csv")],
            new Screen(output, null, error, null));

        Assert.True(exitCode == 0, $"{error}");
        Assert.Contains("2 of 26 sounds cannot be read", $"{error}", StringComparison.Ordinal);
        foreach (var name in endless)
        {
            Assert.Contains($"{name}: takes libsndfile longer than 8 s; expected a sound that can be decoded", $"{error}", StringComparison.Ordinal);
            Assert.False(Path.Exists($"/proc/{File.ReadAllText(_folder.File("sounds", $"{name}.process"))}"), $"The process that decodes {name} is still there.");
        }
        Assert.Equal(1 + Sound, File.ReadAllLines(_folder.File("embeddings.csv")).Length);
    }
}
