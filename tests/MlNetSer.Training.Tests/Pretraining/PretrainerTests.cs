using MlNetSer.Onnx;
using MlNetSer.Testing;
using TorchSharp;

namespace MlNetSer.Training.Tests;

[Collection(nameof(ThreadedTorch))]
public sealed class PretrainerTests : IDisposable
{
    private static readonly PretrainSettings Tiny = new() { Epochs = 3, BatchSize = 4, Seed = 5 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stopped_and_resumed_gives_the_weights_of_an_uninterrupted_run_bit_for_bit()
    {
        var source = new RandomPatches(10);
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        var expected = new Pretrainer(source, whole).Run(Tiny);

        // In the middle of an epoch, at its end, and not at all.
        foreach (var steps in new[] { 1, 2, 2, 100 }) RunSteps(parts, source, steps);

        Assert.Equal(File.ReadAllBytes(RunFolder.CheckpointPath(whole)), File.ReadAllBytes(RunFolder.CheckpointPath(parts)));
        var sessions = TrainingSession.Read(parts);
        Assert.Equal([0, 1, 2, 3], sessions.Select(s => s.Epochs));
        Assert.All(sessions, s => Assert.True(s is { Seconds: > 0, Threads: 2, Memory: > 0, Device: "cpu", Processor.Length: > 0 }, $"{s}"));
        var curve = new Pretrainer(source, parts).Resume();
        Assert.Equal(sessions, TrainingSession.Read(parts));
        Assert.Equal(expected.Select(p => (p.Epoch, p.Loss, p.LearningRate)), curve.Select(p => (p.Epoch, p.Loss, p.LearningRate)));
    }

    [Fact]
    public void Killed_after_a_checkpoint_goes_on_from_there_and_not_from_the_curve()
    {
        var source = new RandomPatches(8);
        var (whole, killed) = (_folder.File("whole"), _folder.File("killed"));
        new Pretrainer(source, whole).Run(Tiny);
        RunSteps(killed, source, 3);
        var early = File.ReadAllBytes(RunFolder.CheckpointPath(killed));
        RunSteps(killed, source, 2);

        // What a kill leaves: a curve that is ahead of the checkpoint, and a file half written.
        File.WriteAllBytes(RunFolder.CheckpointPath(killed), early);
        File.WriteAllText(RunFolder.CheckpointPath(killed) + ".partial", "half");
        var curve = new Pretrainer(source, killed).Resume();

        Assert.Equal([1, 2, 3], curve.Select(p => p.Epoch));
        Assert.Equal(File.ReadAllBytes(RunFolder.CheckpointPath(whole)), File.ReadAllBytes(RunFolder.CheckpointPath(killed)));
        Assert.Equal(4, File.ReadAllLines(RunFolder.CurvePath(killed)).Length);
        Assert.Equal(
            ["checkpoint.safetensors", "curve.csv", "run.json", "run.lock", "sessions.json"],
            Directory.GetFiles(killed).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Learns_to_tell_clips_apart()
    {
        var settings = Tiny with { Epochs = 8, BatchSize = 6 };

        var curve = new Pretrainer(new RandomPatches(6), _folder.File("run")).Run(settings);

        // A guess among the 11 other views costs log 11 = 2.4.
        Assert.InRange(curve[0].Loss, 1.2, 3.5);
        Assert.True(curve[^1].Loss < 0.7 * curve[0].Loss, $"from {curve[0].Loss} to {curve[^1].Loss}");
        // 65 and 85 % of 8 epochs.
        Assert.Equal([0.03, 0.03, 0.003, 0.003, 0.0003], new[] { 0, 4, 5, 6, 7 }.Select(e => Math.Round(curve[e].LearningRate, 8)));
    }

    [Fact]
    public void Is_measured_by_its_monitor_and_not_changed_by_it()
    {
        var source = new RandomPatches(4);
        var (plain, monitored) = (_folder.File("plain"), _folder.File("monitored"));
        new Pretrainer(source, plain).Run(Tiny);
        var epochs = new List<int>();
        var monitor = new PretrainMonitor(EveryEpochs: 2, (snapshot, _) =>
        {
            epochs.Add(snapshot.Epoch);
            Assert.False(snapshot.Encoder.training || snapshot.Head.training);
            var model = snapshot.ToModel();
            Assert.Equal($"{snapshot.Epoch}", SoundModelInfo.Read(model).Extra["pretraining.epochs"]);
            return new PretrainAccuracy(0.25 * snapshot.Epoch, snapshot.Epoch == 3 ? 1.0 / 3 : null);
        });

        var curve = new Pretrainer(source, monitored) { Monitor = monitor }.Run(Tiny);

        Assert.Equal([2, 3], epochs);
        Assert.Equal([default, new(0.5), new(0.75, 1.0 / 3)], curve.Select(p => p.Accuracy));
        Assert.Equal(File.ReadAllBytes(RunFolder.CheckpointPath(plain)), File.ReadAllBytes(RunFolder.CheckpointPath(monitored)));
        Assert.Equal(curve.Select(p => (p.Epoch, p.Loss, p.Accuracy)), new Pretrainer(source, monitored).Resume().Select(p => (p.Epoch, p.Loss, p.Accuracy)));
    }

    [Fact]
    public void Stopped_by_its_monitor_measures_again_when_resumed()
    {
        var source = new RandomPatches(4);
        var run = _folder.File("run");
        using var cancellation = new CancellationTokenSource();
        var stopping = new PretrainMonitor(EveryEpochs: 2, (_, token) =>
        {
            cancellation.Cancel();
            token.ThrowIfCancellationRequested();
            return default;
        });
        Assert.Throws<OperationCanceledException>(() => new Pretrainer(source, run) { Monitor = stopping }.Run(Tiny, null, cancellation.Token));

        var curve = new Pretrainer(source, run) { Monitor = new PretrainMonitor(2, (_, _) => new(1)) }.Resume();

        Assert.Equal([null, 1, 1], curve.Select(p => p.Accuracy.Linear));
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("resnet18")]
    [InlineData("crnn")]
    [InlineData("frame")]
    public void In_bfloat16_learns_nearly_what_it_learns_in_float32(string encoder)
    {
        var settings = new PretrainSettings { Encoder = encoder, Epochs = 1, BatchSize = 6, Seed = 2 };
        var (full, half) = (_folder.File("full"), _folder.File("half"));

        var expected = new Pretrainer(new RandomPatches(6, new()), full).Run(settings)[0].Loss;
        var actual = new Pretrainer(new RandomPatches(6, new()), half).Run(settings with { Precision = TrainingPrecision.BFloat16 })[0].Loss;

        Assert.NotEqual(expected, actual);
        Assert.Equal(expected, actual, 0.02 * expected);
        using var scope = torch.NewDisposeScope();
        var cosine = torch.nn.functional.cosine_similarity(Change(full, settings), Change(half, settings), dim: 0).item<float>();
        // The gradients of 18 layers suffer most from 8 bits of mantissa. Unrelated ones would be at 0.
        Assert.InRange(cosine, 0.85, 0.99999);
    }

    [Fact]
    public void Reports_every_step()
    {
        var reports = new List<PretrainProgress>();

        new Pretrainer(new RandomPatches(9), _folder.File("run")).Run(Tiny, new Reports(reports.Add));

        Assert.Equal(
            from epoch in Enumerable.Range(1, 3) from step in Enumerable.Range(1, 2) select (epoch, 3, step, 2),
            reports.Select(r => (r.Epoch, r.Epochs, r.Step, r.Steps)));
        Assert.All(reports, r => Assert.True(double.IsFinite(r.Loss) && r.PatchesPerSecond > 0));
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.True(reports[0].TimeLeft > TimeSpan.Zero);
    }

    [Fact]
    public void Takes_fewer_clips_than_a_batch_as_one_batch()
    {
        var reports = new List<PretrainProgress>();

        new Pretrainer(new RandomPatches(3), _folder.File("run")).Run(Tiny, new Reports(reports.Add));

        Assert.All(reports, r => Assert.Equal(1, r.Steps));
    }

    [Fact]
    public void Refuses_what_it_cannot_train_on()
    {
        var source = new RandomPatches(4);
        var run = _folder.File("run");
        Assert.Throws<ArgumentException>(() => new Pretrainer(source, run).Run(Tiny with { Encoder = "vgg16" }));
        Assert.Contains("holds no run", Assert.Throws<RunException>(() => new Pretrainer(source, run).Resume()).Message, StringComparison.Ordinal);
        Assert.Contains("at least 3", Assert.Throws<RunException>(() => new Pretrainer(new RandomPatches(2), run).Run(Tiny)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(RunFolder.DescriptionPath(run)));

        RunSteps(run, source, 1);

        Assert.Contains("already", Assert.Throws<RunException>(() => new Pretrainer(source, run).Run(Tiny)).Message, StringComparison.Ordinal);
        Assert.Contains("other data", Assert.Throws<RunException>(() => new Pretrainer(new RandomPatches(5), run).Resume()).Message, StringComparison.Ordinal);
        using (FileLock.TryTake(RunFolder.LockPath(run)))
            Assert.Contains("in use", Assert.Throws<RunInUseException>(() => new Pretrainer(source, run).Resume()).Message, StringComparison.Ordinal);
        var checkpoint = File.ReadAllBytes(RunFolder.CheckpointPath(run));
        checkpoint[^9] ^= 1;
        File.WriteAllBytes(RunFolder.CheckpointPath(run), checkpoint);
        Assert.Contains("damaged", Assert.Throws<RunException>(() => new Pretrainer(source, run).Resume()).Message, StringComparison.Ordinal);

        checkpoint[^9] ^= 1;
        File.WriteAllBytes(RunFolder.CheckpointPath(run), checkpoint);
        using (torch.NewDisposeScope())
        {
            var (metadata, tensors) = SafetensorsFile.Read(RunFolder.CheckpointPath(run));
            SafetensorsFile.Write(RunFolder.CheckpointPath(run), new Dictionary<string, string>(metadata) { ["epoch"] = "first" }, tensors.Select(t => (t.Key, t.Value)));
        }
        Assert.Contains("\"epoch\"", Assert.Throws<RunException>(() => new Pretrainer(source, run).Resume()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"format\": 3", "\"format\": 4, \"news\": 0", "reads formats 1 to 3")]
    [InlineData("\"format\": 3", "\"format\": \"x\"", "damaged")]
    [InlineData("\"epochs\": 3", "\"epochs\": 0", "epochs is 0")]
    [InlineData("\"epochs\": 3", "\"epoch\": 3", "damaged")]
    [InlineData("\"format\": 3", "\"format\": 2", "there is no logMel in it")]
    [InlineData("\"format\": 3", "\"format\": 3, \"logMel\": {}", "there is no setting 'logMel'")]
    public void Refuses_a_description_that_it_cannot_read(string text, string changed, string message)
    {
        var source = new RandomPatches(4);
        var run = _folder.File("run");
        RunSteps(run, source, 1);
        var path = RunFolder.DescriptionPath(run);
        var description = File.ReadAllText(path);
        Assert.Contains(text, description, StringComparison.Ordinal);
        File.WriteAllText(path, description.Replace(text, changed, StringComparison.Ordinal));

        var exception = Assert.Throws<RunException>(() => new Pretrainer(source, run).Resume());

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_when_the_loss_is_no_number_any_more()
    {
        var settings = Tiny with { Epochs = 20, LearningRate = 1e30 };

        var exception = Assert.Throws<RunException>(() => new Pretrainer(new RandomPatches(4), _folder.File("run")).Run(settings));

        Assert.Contains("learning rate", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>What a run has done to all weights of its encoder, side by side.</summary>
    private static torch.Tensor Change(string run, PretrainSettings settings)
    {
        var (before, after) = (SoundEncoders.Create(settings.Encoder, settings.Seed), SoundEncoders.Create(settings.Encoder, settings.Seed));
        Checkpoint.Read(RunFolder.CheckpointPath(run), after);
        return torch.cat([.. before.parameters().Zip(after.parameters(), (b, a) => (a - b).detach().flatten())]);
    }

    /// <summary>Starts or resumes a run and stops it after some steps.</summary>
    private static void RunSteps(string run, RandomPatches source, int steps)
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Reports(_ =>
        {
            if (--steps == 0) cancellation.Cancel();
        });
        var pretrainer = new Pretrainer(source, run);
        try
        {
            if (File.Exists(RunFolder.DescriptionPath(run))) pretrainer.Resume(progress, cancellation.Token);
            else pretrainer.Run(Tiny, progress, cancellation.Token);
            Assert.True(steps > 0, "the run went on after it was cancelled");
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(0, steps);
        }
    }

    private sealed class Reports(Action<PretrainProgress> report) : IProgress<PretrainProgress>
    {
        public void Report(PretrainProgress value) => report(value);
    }
}
