using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Training has a C heap that is not in pieces, in the process that was started and with its arguments.</summary>
public sealed class CompactHeapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CompactHeapTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: only glibc's heap has such pieces.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, CompactHeap.Tunables)]
    [InlineData("", CompactHeap.Tunables)]
    [InlineData("glibc.malloc.check=0", "glibc.malloc.check=0")]
    public async Task Training_has_one_unless_the_user_has_set_it_up(string? set, string expected)
    {
        var start = ToolProcess.StartInfo(_folder.Path, "pretrain", "--data", "synth", "--out", "run", "--quiet");
        if (set is null) start.Environment.Remove(CompactHeap.Variable);
        else start.Environment[CompactHeap.Variable] = set;
        using var process = Process.Start(start)!;
        try
        {
            var clock = Stopwatch.StartNew();
            while (!File.Exists(_folder.File("run", "run.json")) && !process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(2))
                await Task.Delay(5, TestContext.Current.CancellationToken);
            Assert.Contains($"{CompactHeap.Variable}={expected}", (await File.ReadAllTextAsync($"/proc/{process.Id}/environ")).Split('\0'));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public void Arguments_come_through_as_they_were()
    {
        var run = ToolProcess.Run(_folder.Path, "pretrain", "--quiet", "--data", "no “such” folder é", "--tensorboard", " ", "--out", "run");
        Assert.Equal(Tool.Failed, run.ExitCode);
        Assert.Contains("no “such” folder é", run.Error);
        run = ToolProcess.Run(_folder.Path, "pretrain", "--tensorboard", "", "--data", "synth", "--out", "run");
        Assert.Equal(Tool.WrongUsage, run.ExitCode);
        Assert.Contains("--tensorboard is empty", run.Error);
    }
}
