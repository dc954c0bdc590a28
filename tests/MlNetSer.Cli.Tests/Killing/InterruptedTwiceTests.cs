using System.Diagnostics;
using System.Globalization;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Ctrl-C: the first stops the tool where nothing is lost, the second one stops it at once.</summary>
public sealed class InterruptedTwiceTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>What no busy machine needs, where a second is promised.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Twice_while_a_long_step_is_trained_it_ends_at_once_and_can_be_resumed()
    {
        // A step takes a second or more.
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 40);
        string[] pretrain = ["pretrain", "--data", "sounds", "--epochs", "1", "--batch", "80", "--resume", "--quiet"];
        using (var process = await Begun(pretrain, "run/run.json"))
        {
            await Interrupt(process);
            Assert.Equal("Stopping. Once more stops at once.", await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
            await Interrupt(process);
            await Ends(process);
            Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
        Assert.False(File.Exists(_folder.File("run", "checkpoint.safetensors")), "The step was finished before the tool was interrupted.");
        var resumed = ToolProcess.Run(_folder.Path, pretrain);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.True(File.Exists(_folder.File("run", "checkpoint.safetensors")));
    }

    [Fact]
    public async Task Once_while_recordings_are_embedded_it_says_no_more_and_the_previous_table_stays()
    {
        // Some in one run of the model, one of half an hour.
        for (var i = 0; i < 20; i++) Audio.WavFile.Write(_folder.File("sounds", $"{i:00}.wav"), new float[15 * 22_050], 22_050);
        Audio.WavFile.Write(_folder.File("sounds", "long.wav"), new float[30 * 60 * 22_050], 22_050);
        File.WriteAllText(_folder.File("e.csv"), "previous");
        using var process = await Begun(["embed", "--data", "sounds", "--out", "e.csv", "--quiet"], "e.csv.partial");
        await Interrupt(process);
        await Ends(process);
        Assert.Equal("Stopping. Once more stops at once.\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("previous", File.ReadAllText(_folder.File("e.csv")));
        Assert.False(File.Exists(_folder.File("e.csv.partial")));
    }

    /// <summary>Starts the tool and waits for a file that it writes.</summary>
    private async Task<Process> Begun(string[] arguments, string file)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: sends signals.");
        var process = ToolProcess.Start(_folder.Path, arguments);
        var clock = Stopwatch.StartNew();
        while (!File.Exists(_folder.File(file.Split('/'))) && !process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(2))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, "It ended before it was interrupted.");
        return process;
    }

    private static async Task Interrupt(Process process)
    {
        using var kill = Process.Start("kill", [Signals.Interrupt, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task Ends(Process process)
    {
        var clock = Stopwatch.StartNew();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_most, TestContext.Current.CancellationToken);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ended {clock.Elapsed.TotalSeconds:0.00} s after it was interrupted"));
        Assert.Equal(Signals.ExitCode, process.ExitCode);
    }
}
