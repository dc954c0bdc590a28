using System.Text;
using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Encoders that were trained in PyTorch, by the built tool.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_published_encoder_becomes_a_model_with_the_given_normalisation()
    {
        var run = Import(Published, "--encoder", "vgg", "--mean", "-1.2668", "--std", "9.383e-05", "--out", "vgg.onnx", "--licence", "MIT");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var info = JsonDocument.Parse(ToolProcess.Run(_folder.Path, "info", "vgg.onnx", "--json").Output).RootElement;
        Assert.Equal(("VGG_best", "MIT"), (info.GetProperty("name").GetString(), info.GetProperty("licence").GetString()));
        Assert.Equal(-1.2668f, info.GetProperty("normalisation").GetProperty("mean").GetSingle());
        Assert.Equal(9.383e-05f, info.GetProperty("normalisation").GetProperty("std").GetSingle());
        Assert.Equal("VGG_best.pth", info.GetProperty("extra").GetProperty("import.file").GetString());
    }

    [Fact]
    public void Its_normalisation_is_recovered_from_sounds()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 6, clips: 2);

        var run = Import(Published, "--encoder", "vgg", "--data", "sounds", "--out", "vgg.onnx");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Recovered from 12 sounds: --mean -", run.Output, StringComparison.Ordinal);
        var info = JsonDocument.Parse(ToolProcess.Run(_folder.Path, "info", "vgg.onnx", "--json").Output).RootElement;
        // Other sounds than those of the training give another value, but not another order of magnitude, as the true one would be.
        Assert.InRange(info.GetProperty("normalisation").GetProperty("std").GetDouble(), 3e-5, 3e-4);
    }

    [Fact]
    public void A_checkpoint_that_would_run_something_is_refused_and_nothing_is_written()
    {
        var command = Encoding.ASCII.GetBytes("touch owned.txt");
        byte[] text = [(byte)'X', (byte)command.Length, 0, 0, 0, .. command];
        File.WriteAllBytes(_folder.File("evil.pth"), [0x80, 2, .. "cos\nsystem\n"u8, .. text, 0x85, .. "R."u8]);

        var run = Import("evil.pth", "--encoder", "vgg", "--mean", "0", "--std", "1");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("mlnetser: evil.pth: the pickle asks for 'os.system', which is refused", line, StringComparison.Ordinal);
        Assert.Equal(["evil.pth"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--mean 0")]
    [InlineData("--std 1")]
    [InlineData("--mean 0 --std 1 --data sounds")]
    public void Normalisation_is_given_or_recovered(string arguments)
    {
        var run = Import(["a.pth", "--encoder", "vgg", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal("mlnetser: Expected either --mean and --std, or --data. See 'mlnetser import --help'.", run.Error.TrimEnd());
    }

    private static string Published => SharedData.Require("golden", "VGG_best.pth");

    private ToolProcess Import(params string[] arguments) => ToolProcess.Run(_folder.Path, ["import", .. arguments]);
}
