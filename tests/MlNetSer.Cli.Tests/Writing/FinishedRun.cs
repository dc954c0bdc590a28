using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Sounds, a run on them, an encoder and a classifier, for tests of what is written from them.</summary>
public sealed class FinishedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FinishedRun()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 1, clips: 6);
        TinyEncoder.Save(Path("tiny.onnx"));
        TinyEncoder.SaveClassifier(Path("tiny-classifier.onnx"));
        Assert.Equal(0, ToolProcess.Run(_folder.Path, Pretrain("run")).ExitCode);
    }

    public string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    /// <summary>The command line that this run was made by, with a checkpoint after each of its four steps.</summary>
    public string[] Pretrain(string run) =>
        ["pretrain", "--data", Path("sounds"), "--epochs", "4", "--batch", "6", "--checkpoint-every", "0", "--out", run, "--resume", "--quiet"];

    public void Dispose() => _folder.Dispose();
}
