using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Whatever is wrong: one line that names the file, exit code 1, no stack trace, nothing half-written.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ErrorTests() => TinyEncoder.Save(_folder.File("tiny.onnx"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("embed")]
    [InlineData("pretrain")]
    [InlineData("evaluate")]
    public void Data_that_are_not_there(string verb) => Fails([verb, "--data", "nowhere"], "nowhere", "does not exist");

    [Theory]
    [InlineData("embed")]
    [InlineData("pretrain")]
    [InlineData("evaluate")]
    public void An_empty_folder(string verb)
    {
        Directory.CreateDirectory(_folder.File("hollow"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "hollow"));
        Fails([verb, "--data", "hollow"], "hollow", "is empty", ".wav");
    }

    [Theory]
    [InlineData("embed")]
    [InlineData("pretrain")]
    [InlineData("evaluate")]
    public void A_folder_without_sounds(string verb)
    {
        File.WriteAllText(_folder.File("papers", "notes.txt"), "no sound");
        Fails([verb, "--data", "papers"], "papers", "no sound", ".wav");
    }

    [Theory]
    [InlineData("embed", "text")]
    [InlineData("embed", "truncated")]
    [InlineData("embed", "nan")]
    [InlineData("pretrain", "text")]
    [InlineData("pretrain", "truncated")]
    [InlineData("pretrain", "nan")]
    public void More_than_a_tenth_of_the_sounds_unreadable(string verb, string how)
    {
        for (var i = 0; i < 5; i++) SoundsOnDisk.Good(_folder.File("sounds", $"good{i}.wav"));
        SoundsOnDisk.Bad(_folder.File("sounds", $"{how}.wav"));
        Fails([verb, "--data", "sounds"], $"{how}.wav", "1 of ");
        // No table; what could be embedded is kept for the next time.
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path, "embeddings*"), file => !file.EndsWith(EmbeddingJournal.Extension, StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_sound_that_is_not_there() => Fails(["embed", "--data", "gone.wav"], "gone.wav");

    [Fact]
    public void Sounds_of_one_label_only()
    {
        for (var i = 0; i < 6; i++) SoundsOnDisk.Good(_folder.File("sounds", "dog", $"{i}.wav"));
        Fails(["evaluate", "--data", "sounds"], "sounds", "'dog'", "two labels");
        Fails(["pretrain", "--data", "sounds", "--evaluate", "sounds"], "sounds", "'dog'", "two labels");
    }

    [Fact]
    public void Sounds_without_labels()
    {
        for (var i = 0; i < 6; i++) SoundsOnDisk.Good(_folder.File("sounds", $"{i}.wav"));
        Fails(["evaluate", "--data", "sounds"], "0.wav", "sub-folder");
    }

    [Fact]
    public void Sounds_without_labels_to_judge_by()
    {
        for (var i = 0; i < 6; i++) SoundsOnDisk.Good(_folder.File("sounds", $"{i}.wav"));
        Fails(["pretrain", "--data", "sounds", "--monitor", "knn"], "0.wav", "sub-folder");
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Theory]
    [InlineData("""{ "epoch": 3 }""", "there is no setting 'epoch'")]
    [InlineData("""{ "epochs": 0 }""", "epochs is 0, expected at least 1")]
    [InlineData("""{ "views": { "specAugment": { "fill": "median" } } }""", "views.specAugment.fill is \"median\", expected one of zero, min")]
    [InlineData("""{ "views": { "gaussianBlur": { "maxKernel": 4 } } }""", "views.gaussianBlur.maxKernel is 4, expected an odd number from 3")]
    [InlineData("settings", "'s'")]
    public void Settings_that_are_none(string json, string named)
    {
        File.WriteAllText(_folder.File("wrong.json"), json);
        Fails(["pretrain", "--print-config", "--config", "wrong.json"], "wrong.json", named);
    }

    [Fact]
    public void Patches_that_no_encoder_is_made_for()
    {
        File.WriteAllText(_folder.File("patches.json"), """{ "logMel": { "patchFrames": 50 } }""");
        Fails(["pretrain", "--data", "synth", "--config", "patches.json"], "patches of 50 frames and 96 bands, expected 101 and 96");
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void Settings_that_are_not_there() => Fails(["pretrain", "--print-config", "--config", "gone.json"], "gone.json");

    [Fact]
    public void A_table_without_the_columns()
    {
        File.WriteAllText(_folder.File("list.csv"), "name;class\n1.wav;dog\n");
        Fails(["evaluate", "--data", "list.csv"], "list.csv", "filename");
    }

    [Theory]
    [InlineData("embed --data sounds --model")]
    [InlineData("evaluate --data sounds --model")]
    [InlineData("info")]
    public void A_model_that_is_none_of_ours(string command)
    {
        SoundsOnDisk.Good(_folder.File("sounds", "dog", "1.wav"));
        SoundsOnDisk.Good(_folder.File("sounds", "cat", "1.wav"));
        LogMelFrontEnd.Build(new LogMelSettings()).Save(_folder.File("front-end.onnx"));
        File.WriteAllText(_folder.File("text.onnx"), "not an ONNX file");
        Fails([.. command.Split(' '), "front-end.onnx"], "front-end.onnx", "not a sound encoder of MlNetSer");
        Fails([.. command.Split(' '), "text.onnx"], "text.onnx", "not an ONNX model");
        Fails([.. command.Split(' '), "gone.onnx"], "gone.onnx");
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("hollow")]
    public void A_folder_without_a_run(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "hollow"));
        Fails(["export", name], name, "no run");
    }

    [Fact]
    public void A_place_that_cannot_be_written_to()
    {
        SoundsOnDisk.Good(_folder.File("sounds", "1.wav"));
        Fails(["embed", "--data", "sounds", "--out", "no/such/folder/x.csv"], "no/such/folder/x.csv");
    }

    [Theory]
    [InlineData("embed --data sounds --out x.txt", "x.txt")]
    [InlineData("embed --data sounds --colour", "--colour")]
    [InlineData("embed", "--data")]
    [InlineData("evaluate --data sounds --folds 1", "--folds is 1, expected at least 2")]
    [InlineData("evaluate --data sounds --per-label 0", "--per-label is 0, expected at least 1")]
    [InlineData("pretrain --data sounds --encoder transformer", "transformer")]
    [InlineData("pretrain", "--data")]
    [InlineData("pretrain --data sounds --monitor loss", "loss")]
    [InlineData("pretrain --data sounds --precision float16", "float16")]
    [InlineData("pretrain --data sounds --batch many", "many")]
    [InlineData("pretrain --data sounds --epochs 0", "--epochs is 0, expected at least 1")]
    public void Wrong_usage_has_exit_code_2(string command, string named) => Fails(command.Split(' '), 2, named, "--help");

    [Fact]
    public void A_few_unreadable_sounds_are_listed_and_left_out()
    {
        for (var i = 0; i < 10; i++) SoundsOnDisk.Good(_folder.File("sounds", $"good{i}.wav"));
        SoundsOnDisk.Bad(_folder.File("sounds", "text.wav"));
        var run = ToolProcess.Run(_folder.Path, "embed", "--data", "sounds", "--model", "tiny.onnx");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 of 11 sounds cannot be read and are left out", run.Error, StringComparison.Ordinal);
        Assert.Contains("text.wav", run.Error, StringComparison.Ordinal);
        Assert.Equal(11, File.ReadAllLines(_folder.File("embeddings.csv")).Length);
    }

    [Theory]
    [InlineData("--data", "embed", "--data", "")]
    [InlineData("--out", "pretrain", "--data", "synth", "--out", "")]
    [InlineData("ONNX", "info", "")]
    public void A_script_s_variable_that_has_no_value(string name, params string[] arguments) => Fails(arguments, 2, name, "is empty");

    private static bool IsProgress(string line) => line.Contains(" %, ", StringComparison.Ordinal);

    private void Fails(string[] arguments, params string[] named) => Fails(arguments, 1, named);

    private void Fails(string[] arguments, int exitCode, params string[] named)
    {
        if (arguments[0] is "embed" or "evaluate" && !arguments.Contains("--model")) arguments = [.. arguments, "--model", "tiny.onnx"];
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = Assert.Single(lines, l => !IsProgress(l));
        Assert.StartsWith("mlnetser: ", line, StringComparison.Ordinal);
        foreach (var text in named) Assert.Contains(text, line, StringComparison.Ordinal);
    }
}
