using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>What holds for the tool as a whole.</summary>
public class CommandLineTests
{
    public static TheoryData<string> Verbs =>
        ["demo", "download", "pretrain", "export", "import", "embed", "similar", "evaluate", "finetune", "predict", "reproduce", "views", "report", "info"];

    [Fact]
    public void Without_a_verb_the_help_is_shown()
    {
        var run = ToolProcess.Run(Path.GetTempPath());
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("mlnetser info encoder.onnx", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_help_of_every_verb_has_an_example_and_no_control_codes(string verb)
    {
        var run = ToolProcess.Run(Path.GetTempPath(), verb, "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"mlnetser {verb}", run.Output.Split("Example")[^1], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("unknown", "mlnetser: Unrecognized command or argument 'unknown'. See 'mlnetser --help'.")]
    [InlineData("info a.onnx --colour", "mlnetser: Unrecognized command or argument '--colour'. See 'mlnetser info --help'.")]
    public void A_command_line_that_makes_no_sense_gives_one_line_and_exit_code_2(string arguments, string line)
    {
        var run = ToolProcess.Run(Path.GetTempPath(), arguments.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(line, run.Error.TrimEnd());
    }

    [Fact]
    public void Info_shows_what_the_file_says_about_itself()
    {
        using var folder = new TemporaryFolder();
        TinyEncoder.Save(folder.File("tiny.onnx"));
        var run = ToolProcess.Run(folder.Path, "info", "tiny.onnx");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (var fact in (string[])["tiny", "1.2.3", "96 numbers", "22050 Hz", "CC0-1.0", "waveform: Float32 [1, N]"])
            Assert.Contains(fact, run.Output, StringComparison.Ordinal);

        var json = System.Text.Json.JsonDocument.Parse(ToolProcess.Run(folder.Path, "info", "tiny.onnx", "--json").Output).RootElement;
        Assert.Equal(96, json.GetProperty("embeddingSize").GetInt32());
        Assert.Equal(1.5, json.GetProperty("normalisation").GetProperty("std").GetDouble());
        Assert.Equal(660, json.GetProperty("logMel").GetProperty("windowSize").GetInt32());
    }
}
