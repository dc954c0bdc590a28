using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Several processes on one cache: one fills it and the others use it, also when the one that fills it is killed.</summary>
public sealed class SharedCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Is_filled_once_and_by_another_one_if_the_first_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: a file cannot be seen while it is written.");
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 12);
        var cache = Directory.CreateDirectory(_folder.File("cache")).FullName;
        string[] Arguments(int seed) =>
            ["finetune", "--data", "sounds", "--from", "scratch", "--epochs", "1", "--batch", "24", "--seed", $"{seed}", "--cache", "cache", "--out", $"{seed}.onnx", "--quiet"];
        var filled = 0;
        using var watcher = new FileSystemWatcher(cache, "*.logmel") { EnableRaisingEvents = true };
        watcher.Renamed += (_, _) => Interlocked.Increment(ref filled);

        var processes = Enumerable.Range(1, 3).Select(seed => ToolProcess.Start(_folder.Path, Arguments(seed))).ToList();
        var deadline = DateTime.UtcNow.AddMinutes(2);
        while (Directory.GetFiles(cache, "*.partial").Length == 0 && filled == 0 && DateTime.UtcNow < deadline) await Task.Yield();
        // Whichever it is that fills the cache: perhaps this one.
        processes[0].Kill();
        var runs = processes.Skip(1).Select(ToolProcess.Finish).ToList();
        processes.ForEach(p => p.Dispose());

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Equal(1, filled);
        Assert.Single(Directory.GetFiles(cache, "*.logmel"));
        Assert.Empty(Directory.GetFiles(cache, "*.partial"));
    }
}
