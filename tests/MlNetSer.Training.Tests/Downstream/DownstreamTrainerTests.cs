using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class DownstreamTrainerTests(SynthesisedClasses sounds) : IClassFixture<SynthesisedClasses>
{
    private static readonly DownstreamSettings Linear = new() { Mode = DownstreamMode.Linear, Epochs = 60, Seed = 1 };
    private static readonly DownstreamSettings FineTuning = new() { Epochs = 12, BatchSize = 8, LearningRate = 0.03, Milestones = [0.8], Seed = 1 };

    [Fact]
    public void Linear_evaluation_recognises_sounds_that_it_has_not_heard_and_leaves_the_encoder_as_it_is()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache);

        var result = trainer.Run(Linear, sounds.Train, test: sounds.Test);

        Assert.Equal(["bursts", "high", "low"], result.Info.Labels);
        Assert.True(result.Test!.BalancedAccuracy >= 0.8, $"{result.Test.BalancedAccuracy:P0} of 3 labels");
        Assert.Equal((60, 60), (result.Curve.Count, result.Epoch));
        Assert.True(result.Curve[^1].Loss < result.Curve[0].Loss / 2);
        using SoundEmbedder before = new(), after = new(result.Model.ToBytes());
        Assert.All(sounds.Test, sound => Assert.Equal(before.EmbedFile(sound.Path), after.EmbedFile(sound.Path)));
        AssertScores(result, sounds.Test, result.Test);
    }

    [Fact]
    public void Fine_tuning_keeps_the_best_epoch_and_its_model_does_what_the_network_did()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);

        var result = trainer.Run(FineTuning, sounds.Train, sounds.Validation, sounds.Test);

        Assert.True(result.Test!.BalancedAccuracy >= 0.6, $"{result.Test.BalancedAccuracy:P0} of 3 labels");
        var best = result.Curve.Max(p => p.ValidationAccuracy);
        Assert.Equal(best, result.Validation!.BalancedAccuracy);
        Assert.Equal(result.Curve.First(p => p.ValidationAccuracy == best).Epoch, result.Epoch);
        AssertScores(result, sounds.Test, result.Test);
        AssertScores(result, sounds.Validation, result.Validation);
    }

    [Fact]
    public void Fine_tuning_begins_with_the_encoder_of_a_run_and_its_normalisation()
    {
        using var folder = new TemporaryFolder();
        new Pretrainer(new RandomPatches(4, new()), folder.Path).Run(new PretrainSettings { Epochs = 1, BatchSize = 4, Seed = 7 });
        using var trainer = new DownstreamTrainer(EncoderStart.FromRun(folder.Path), sounds.Cache);

        // A step too small to be seen: what comes out is what went in, but for the statistics of batch norm.
        var frozen = trainer.Run(Linear with { Epochs = 1 }, sounds.Train);
        var tuned = trainer.Run(FineTuning with { Epochs = 1, LearningRate = 1e-12 }, sounds.Train);

        Assert.Equal(RunDescription.Read(folder.Path).Normalisation, tuned.Info.Normalisation);
        Assert.Equal(("vgg", "7"), (tuned.Info.Encoder, tuned.Info.Extra["pretraining.seed"]));
        Assert.Equal(1, DownstreamSettings.FromJson(tuned.Info.Extra["downstream.settings"]).Epochs);
        using var encoder = SoundEncoders.Create("vgg", seed: 0);
        Checkpoint.Read(RunFolder.CheckpointPath(folder.Path), encoder);
        var exported = folder.File("encoder.onnx");
        EncoderExport.Export(folder.Path, exported);
        using SoundEmbedder expected = new(exported), same = new(frozen.Model.ToBytes()), other = new(tuned.Model.ToBytes());
        Assert.Equal(expected.EmbedFile(sounds.Test[0].Path), same.EmbedFile(sounds.Test[0].Path));
        Assert.NotEqual(expected.EmbedFile(sounds.Test[0].Path), other.EmbedFile(sounds.Test[0].Path));
    }

    [Theory]
    [InlineData("of the test sounds", "which no sound to learn from has")]
    [InlineData("of all sounds", "at least two labels")]
    [InlineData("missing", "has no label")]
    public void Labels_that_cannot_be_learnt_are_refused_before_any_sound_is_read(string wrong, string message)
    {
        LabelledSound[] train = [new("a.wav", "dog"), new("b.wav", wrong == "missing" ? "" : wrong == "of all sounds" ? "dog" : "cat")];
        LabelledSound[] test = [new("c.wav", wrong == "of the test sounds" ? "rain" : "dog")];
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);

        var error = Assert.Throws<RunException>(() => trainer.Run(FineTuning, train, test: test));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sounds_that_cannot_be_read_are_left_out_unless_they_are_many()
    {
        var gone = new LabelledSound(Path.Combine(sounds.Cache, "gone.wav"), "low");
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache);

        var result = trainer.Run(Linear with { Epochs = 2 }, [.. sounds.Train, gone], test: sounds.Test);

        Assert.Equal(gone.Path, Assert.Single(result.Unreadable).Path);
        Assert.Equal(sounds.Train.Count.ToString(null as IFormatProvider), result.Info.Extra["downstream.clips"]);
        var many = Enumerable.Range(0, 9).Select(i => gone with { Path = gone.Path + i });
        Assert.Contains("more than a tenth", Assert.Throws<RunException>(() => trainer.Run(Linear, [.. sounds.Train, .. many])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exported_encoder_cannot_be_fine_tuned()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache);
        var error = Assert.Throws<RunException>(() => trainer.Run(FineTuning, sounds.Train));
        Assert.Contains("batch norm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_stopped()
    {
        using var source = new CancellationTokenSource();
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);
        var steps = 0;
        var stop = new Told(p =>
        {
            if (p.Stage == DownstreamStage.Training && ++steps == 2) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => trainer.Run(FineTuning, sounds.Train, progress: stop, cancellationToken: source.Token));
        Assert.Equal(2, steps);
    }

    [Fact]
    public void A_rate_that_is_too_high_is_named()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);
        var error = Assert.Throws<RunException>(() => trainer.Run(FineTuning with { LearningRate = 1e30 }, sounds.Train));
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_are_tested_by_classifiers_that_have_not_heard_them()
    {
        LabelledSound[] all = [.. sounds.All.Select((s, i) => s with { Fold = i % 3 })];
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache);
        var trained = new List<IReadOnlyList<LabelledSound>>();

        var report = DownstreamEvaluation.Run(trainer, Linear, all, change: train =>
        {
            trained.Add(train);
            return train;
        });

        Assert.Equal([0, 1, 2], report.Classifiers[0].Folds.Select(f => f.Fold));
        for (var fold = 0; fold < 3; fold++) Assert.Equal(all.Where(s => s.Fold != fold), trained[fold]);
        Assert.Equal(all.Length, report.Classifiers[0].Confusion.Sum(row => row.Sum()));
        Assert.True(report.Classifiers[0].MacroAccuracy.Mean > 0.8, $"{report.Classifiers[0].MacroAccuracy.Mean}");
        // Labels that say nothing give an accuracy that says nothing.
        var wrong = DownstreamEvaluation.Run(trainer, Linear, all, change: train => TrainingLabels.MakeWrong(train, 0.67, seed: 1));
        Assert.True(wrong.Classifiers[0].MacroAccuracy.Mean < 0.7, $"{wrong.Classifiers[0].MacroAccuracy.Mean}");
    }

    [Fact]
    public void Folds_share_their_log_mels_whatever_is_left_out()
    {
        using var folder = new TemporaryFolder();
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), folder.Path);
        LabelledSound[] some = [.. sounds.All.Where((_, i) => i % 4 == 0)];

        var report = DownstreamEvaluation.Run(
            trainer, FineTuning with { Epochs = 1 }, some, folds: 2, change: train => TrainingLabels.Keep(train, 0.5, seed: 1));

        Assert.Equal(some.Length, report.Classifiers[0].Folds.Sum(f => f.Clips));
        Assert.Single(Directory.GetFiles(folder.Path, "*.logmel"));
    }

    /// <summary>The classifier, run by ONNX Runtime on the sound files, takes each for what the network took it for while it was trained.</summary>
    private static void AssertScores(DownstreamResult result, IReadOnlyList<LabelledSound> clips, ClassifierScore expected)
    {
        using var predictor = new SoundPredictor(result.Model.ToBytes());
        var confusion = result.Info.Labels.Select(_ => new int[result.Info.Labels.Count]).ToArray();
        string[] labels = [.. result.Info.Labels];
        foreach (var clip in clips) confusion[Array.IndexOf(labels, clip.Label)][Array.IndexOf(labels, predictor.PredictFile(clip.Path).Label)]++;
        Assert.Equal(expected.Confusion, confusion);
        var recalls = confusion.Select((row, i) => (double)row[i] / row.Sum()).ToArray();
        Assert.Equal(recalls.Average(), expected.BalancedAccuracy, 1e-12);
    }

    private sealed class Told(Action<DownstreamProgress> report) : IProgress<DownstreamProgress>
    {
        public void Report(DownstreamProgress value) => report(value);
    }
}
