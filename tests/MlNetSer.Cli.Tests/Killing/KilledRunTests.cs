using System.Globalization;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>
/// A run that is killed again and again while it computes and writes, and resumed each time, ends as if nothing had happened. MLNETSER_KILLS
/// says how often, MLNETSER_KILL_SEED at which moments.
/// </summary>
public sealed class KilledRunTests(ITestOutputHelper output) : IDisposable
{
    private const int KillsByDefault = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly int _kills = Number("MLNETSER_KILLS") ?? KillsByDefault;
    private readonly int _seed = Number("MLNETSER_KILL_SEED") ?? 1;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Killed_and_resumed_it_gives_the_weights_and_the_file_of_an_uninterrupted_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: what a killed process was doing is told by its exit code, 128 and the signal's number.");
        var random = new Random(_seed);
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 12);
        // Each kill but those before the first step costs the run a step or two.
        var epochs = 2 + _kills;
        File.WriteAllText(_folder.File("settings.json"), """{ "whitening": { "directions": 8, "patches": 600 } }""");
        string[] Pretrain(string run) =>
            ["pretrain", "--data", "sounds", "--config", "settings.json", "--epochs", $"{epochs}", "--batch", "12", "--checkpoint-every", "0", "--out", run, "--resume", "--quiet"];
        string[] Arguments(KillMoment moment) => moment == KillMoment.ExportWrite ? ["export", "killed", "--out", "killed.onnx"] : Pretrain("killed");
        Succeeds(Pretrain("whole"));

        var tool = new KilledTool(_folder.Path, "killed", epochs, "killed.onnx");
        var found = new List<(KillMoment Meant, KillMoment Hit)>();
        foreach (var moment in Moments(random))
        {
            KillMoment? hit;
            // On a fast machine the cache is whole before the kill: then it has to be written once more.
            if (moment == KillMoment.CacheWrite) tool.ForgetCache();
            do hit = tool.Run(moment, times: moment == KillMoment.CheckpointWrite ? 2 : 1, Later(moment, random), Arguments(moment));
            // On a busy machine the write that is taken for the second one may be the first: then there is no checkpoint yet to go on from.
            while ((hit is null && moment == KillMoment.ExportWrite) || (moment == KillMoment.CheckpointWrite && !File.Exists(_folder.File("killed", "checkpoint.safetensors"))));
            found.Add((moment, hit ?? throw new InvalidOperationException($"The run was finished before kill {found.Count + 1}.")));
        }

        Succeeds(Pretrain("killed"));
        foreach (var run in new[] { "whole", "killed" }) InProcess.Succeeds("export", _folder.File(run), "--out", _folder.File($"{run}.onnx"));
        foreach (var file in new[] { "checkpoint.safetensors", "whitening.safetensors" })
            Assert.Equal(File.ReadAllBytes(_folder.File("whole", file)), File.ReadAllBytes(_folder.File("killed", file)));
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.onnx")), File.ReadAllBytes(_folder.File("killed.onnx")));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial", SearchOption.AllDirectories));
        foreach (var (meant, hit) in found) output.WriteLine($"meant for {meant}, hit {hit}");
        var hits = string.Join(", ", found.GroupBy(f => f.Hit).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}"));
        output.WriteLine($"{found.Count} kills ({hits}) in {epochs} epochs of 2 steps: weights and exported file are those of the uninterrupted run, bit for bit");
    }

    /// <summary>
    /// What the kills are meant for: first the cache, which is written once, then a checkpoint that follows one, then all else in any order, and when the
    /// last epoch is done the whitening.
    /// </summary>
    private IEnumerable<KillMoment> Moments(Random random)
    {
        KillMoment[] inTurn = [KillMoment.CacheWrite, KillMoment.CheckpointWrite, KillMoment.ExportWrite, KillMoment.Step, KillMoment.Any, KillMoment.CheckpointWrite];
        var all = Enumerable.Range(0, _kills - 1).Select(i => inTurn[i % inTurn.Length]).ToArray();
        random.Shuffle(all);
        // There is nothing to export before the first checkpoint.
        var first = Array.IndexOf(all, KillMoment.CheckpointWrite);
        return all.Select((moment, i) => (moment, place: moment == KillMoment.CacheWrite ? 0 : i == first ? 1 : 2)).OrderBy(m => m.place).Select(m => m.moment).Append(KillMoment.Whitening);
    }

    private static TimeSpan Later(KillMoment moment, Random random) => random.NextDouble() * moment switch
    {
        KillMoment.Any => TimeSpan.FromSeconds(5),
        KillMoment.Step => TimeSpan.FromSeconds(1),
        KillMoment.CacheWrite or KillMoment.Whitening => TimeSpan.FromMilliseconds(200),
        _ => TimeSpan.FromMilliseconds(15),
    };

    private void Succeeds(params string[] arguments)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
