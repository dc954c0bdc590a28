using Microsoft.Extensions.Logging;
using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class EventFileTests(SynthesisedClasses sounds) : IClassFixture<SynthesisedClasses>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_begins_as_those_of_TensorFlow_and_holds_what_is_written()
    {
        var began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        using (var events = EventFile.Open(_folder.Path, firstStep: 1)!)
        {
            events.Write(1, ("train/loss", 2.5), ("train/rate", 0.03));
            events.Write(300, ("train/loss", -1e-3), ("none", null));
            events.Write(301, ("none", null));
        }
        var file = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Matches(@"^events\.out\.tfevents\.[0-9]{10}\.mlnetser$", Path.GetFileName(file));
        // The check value of CRC-32C, and the first 12 bytes of every file that TensorFlow writes.
        Assert.Equal(0xe3069283u, EventReader.Crc32C("123456789"u8));
        Assert.Equal([0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22], File.ReadAllBytes(file)[..12]);
        var records = EventReader.Read(file);
        Assert.Equal("brain.Event:2", records[0].Version);
        Assert.Equal((1, true), (records[1].Step, records[1].IsSessionStart));
        Assert.Equal([(1L, "train/loss", 2.5f), (1, "train/rate", 0.03f), (300, "train/loss", -1e-3f)], Flat(records));
        Assert.All(records, r => Assert.InRange(r.WallTime, began, began + 60));
    }

    [Fact]
    public void A_run_that_goes_on_continues_its_curves()
    {
        var source = new RandomPatches(8);
        var (run, log) = (_folder.File("run"), _folder.File("log"));
        var settings = new PretrainSettings { Epochs = 3, BatchSize = 4, Seed = 5 };
        var monitor = new PretrainMonitor(EveryEpochs: 2, (snapshot, _) => new(Linear: snapshot.Epoch / 10.0));
        var lines = new LogLines();
        var pretrainer = new Pretrainer(source, run) { TensorBoardFolder = log, Monitor = monitor, Logger = lines };
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => pretrainer.Run(settings, new Stopper(3, stop), stop.Token));
        }
        // What a kill leaves: events that are ahead of the checkpoint.
        using (var ahead = EventFile.Open(log, 4)!) ahead.Write(4, ("train/loss", 99));

        var curve = pretrainer.Resume();

        Assert.Equal(3, Directory.GetFiles(log).Length);
        var curves = EventReader.Curves(log);
        Assert.Equal([1, 2, 3, 4, 5, 6], curves["train/loss"].Select(p => p.Step));
        Assert.All(curves["train/loss"], p => Assert.InRange(p.Value, 0, 10));
        Assert.Equal(curve.Select((p, i) => (2L * (i + 1), (float)p.Loss)), curves["epoch/loss"]);
        Assert.Equal([(4, 0.2f), (6, 0.3f)], curves["monitor/linear_accuracy"]);
        Assert.Equal([0.03f, 0.03f, 0.03f, 0.03f, 0.003f, 0.003f], curves["train/learning_rate"].Select(p => p.Value));
        Assert.Equal(6, curves["train/patches_per_second"].Count);
        Assert.False(curves.ContainsKey("monitor/knn_accuracy"));
        string[] told = [.. lines.Lines.Where(l => l.Level == LogLevel.Information).Select(l => l.Message)];
        Assert.Equal(7, told.Length);
        Assert.Equal($"Pretraining a vgg encoder on patterns from epoch 1 of 3 on, in {run}", told[0]);
        Assert.Matches(@"^Epoch 1: loss [0-9.]+, learning rate 0\.03, [0-9]+ patches/s", told[1]);
        Assert.Equal("Pretraining stopped in epoch 2 after step 1; it can be resumed from there", told[2]);
        Assert.StartsWith("Pretraining a vgg encoder on patterns from epoch 2", told[3], StringComparison.Ordinal);
        Assert.Contains("linear evaluation 0.2,", told[4], StringComparison.Ordinal);
        Assert.StartsWith("Pretraining finished after 3 epochs", told[6], StringComparison.Ordinal);
        pretrainer.Resume();
        Assert.Equal(3, Directory.GetFiles(log).Length);
    }

    [Fact]
    public void A_classifiers_training_is_drawn_too()
    {
        var lines = new LogLines();
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache) { TensorBoardFolder = _folder.File("log"), Logger = lines };
        var settings = new DownstreamSettings { Mode = DownstreamMode.Linear, Epochs = 4, BatchSize = 8, ValidateEvery = 2 };

        var result = trainer.Run(settings, sounds.Train, sounds.Validation);

        var curves = EventReader.Curves(_folder.File("log"));
        var steps = curves["train/loss"].Count / 4;
        Assert.Equal(5, lines.Lines.Count);
        Assert.Contains($"of 3 labels on {sounds.Train.Count} sounds, Linear", lines.Lines[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("Epoch 4: loss", lines.Lines[4].Message, StringComparison.Ordinal);
        Assert.Equal(result.Curve.Select(p => ((long)p.Epoch * steps, (float)p.Loss)), curves["epoch/loss"]);
        Assert.Equal(
            result.Curve.Where(p => p.ValidationAccuracy is not null).Select(p => ((long)p.Epoch * steps, (float)p.ValidationAccuracy!)),
            curves["validation/balanced_accuracy"]);
        Assert.Equal(result.Curve.Select(p => (float)p.LearningRate), curves["train/learning_rate"].Select(p => p.Value));
    }

    private static IEnumerable<(long Step, string Tag, float Value)> Flat(IEnumerable<EventRecord> records) =>
        records.SelectMany(r => r.Scalars.Select(s => (r.Step, s.Tag, s.Value)));

    private sealed class Stopper(int steps, CancellationTokenSource stop) : IProgress<PretrainProgress>
    {
        private int _done;

        public void Report(PretrainProgress value)
        {
            if (++_done == steps) stop.Cancel();
        }
    }
}
