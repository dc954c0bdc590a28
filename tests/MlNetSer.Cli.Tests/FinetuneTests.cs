using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>From labelled sounds to a classifier and its predictions, by the built tool.</summary>
public sealed class FinetuneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FinetuneTests() => TinyEncoder.Save(_folder.File("tiny.onnx"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_linear_classifier_is_written_shown_used_and_compared()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 3, clips: 8);

        Succeeds("finetune", "--data", "sounds", "--validate", "sounds", "--from", "tiny.onnx", "--linear", "--epochs", "30", "--out", "c.onnx", "--licence", "CC0-1.0", "--tensorboard", "log");
        Assert.Single(Directory.GetFiles(_folder.File("log"), "events.out.tfevents.*"));

        var info = SoundModelInfo.Read(_folder.File("c.onnx"));
        var labels = Directory.GetDirectories(_folder.File("sounds")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(labels, info.Labels);
        Assert.Equal("CC0-1.0", info.Licence);
        Assert.Contains(string.Join(", ", info.Labels), Succeeds("info", "c.onnx"), StringComparison.Ordinal);
        Succeeds("predict", "--model", "c.onnx", "--data", "sounds", "--out", "p.csv");
        var rows = File.ReadAllLines(_folder.File("p.csv"));
        Assert.Equal("path,label,score", rows[0]);
        Assert.Equal(24, rows.Length - 1);
        var right = rows.Skip(1).Count(row => Path.GetFileName(Path.GetDirectoryName(row.Split(',')[0])) == row.Split(',')[1]);
        Assert.True(right >= 16, $"{right} of 24 sounds that it was trained on");
        Assert.Contains(rows[1].Split(',')[1], Succeeds("predict", "--model", "c.onnx", "--data", "sounds"), StringComparison.Ordinal);

        var table = Succeeds("finetune", "--data", "sounds", "--from", "tiny.onnx", "c.onnx", "--linear", "--epochs", "5", "--folds", "2", "--label-share", "0.5", "1");
        Assert.Contains("tiny.onnx, 50 % of the labels", table, StringComparison.Ordinal);
        Assert.Equal(4, table.Split('\n').Count(line => line.Contains("linear, SGD", StringComparison.Ordinal)));
    }

    [Fact]
    public void Encoder_and_classifier_are_trained_together()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 4);
        var output = Succeeds("finetune", "--data", "sounds", "--from", "scratch", "--epochs", "2", "--wrong-labels", "0.25");
        Assert.Contains("classifier.onnx: vgg classifier of 2 labels", output, StringComparison.Ordinal);
        Assert.Contains("| ", Succeeds("predict", "--model", "classifier.onnx", "--data", "sounds"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_one_line()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 2);
        Fails("tiny.onnx is an ONNX file", "finetune --data sounds --from tiny.onnx");
        Fails("no run", "finetune --data sounds --from sounds");
        Fails("gone does not exist", "finetune --data sounds --from gone --linear");
        Fails("no classifier", "predict --data sounds --model tiny.onnx");
        SoundsOnDisk.Good(_folder.File("one", "dog", "1.wav"));
        SoundsOnDisk.Good(_folder.File("one", "dog", "2.wav"));
        Fails("'dog'; expected at least two labels", "finetune --data one --from tiny.onnx --linear");
        SoundsOnDisk.Good(_folder.File("other", "rain", "1.wav"));
        SoundsOnDisk.Good(_folder.File("other", "dog", "1.wav"));
        Fails("which no sound to learn from has", "finetune --data sounds --validate other --from tiny.onnx --linear");
        File.WriteAllText(_folder.File("w.pth"), "");
        Fails("give --mean and --std", "finetune --data sounds --from w.pth");
        Fails("--label-share takes several values only with --folds", "finetune --data sounds --from scratch --label-share 0.1 1", exitCode: 2);
        Fails("--folds and --tensorboard exclude each other", "finetune --data sounds --from scratch --folds --tensorboard log", exitCode: 2);
        Fails("'forest', expected some of linear", "evaluate --data sounds --heads linear,forest", exitCode: 2);
        Assert.False(File.Exists(_folder.File("classifier.onnx")));
    }

    [Fact]
    public void Heads_are_chosen()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 8);
        var table = Succeeds("evaluate", "--data", "sounds", "--model", "tiny.onnx", "--folds", "2", "--heads", "sdca,fastforest,patch-softmax", "--baselines");
        Assert.Equal(2, table.Split("SDCA |").Length - 1);
        Assert.Equal(2, table.Split("FastForest |").Length - 1);
        Assert.Single(table.Split('\n'), line => line.StartsWith("| tiny", StringComparison.Ordinal) && line.Contains("patch softmax", StringComparison.Ordinal));
        Assert.DoesNotContain("kNN", table, StringComparison.Ordinal);
    }

    private string Succeeds(params string[] arguments)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    private void Fails(string expected, string command, int exitCode = 1)
    {
        var run = ToolProcess.Run(_folder.Path, command.Split(' '));
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("mlnetser: ", StringComparison.Ordinal));
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }
}
