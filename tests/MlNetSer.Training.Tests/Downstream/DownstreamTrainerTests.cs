
namespace MlNetSer.Training.Tests;

public sealed class DownstreamTrainerTests(SynthesisedClasses sounds) : IClassFixture<SynthesisedClasses>
{
    private static readonly DownstreamSettings Linear = new() { Mode = DownstreamMode.Linear, Epochs = 60, Seed = 1 };
    private static readonly DownstreamSettings FineTuning = new() { Epochs = 10, BatchSize = 8, Seed = 1 };

    [Fact]
    public void Linear_evaluation_on_the_shipped_encoder_recognises_clips_that_it_has_not_heard()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.FromModel(SoundModels.Default), sounds.Cache);

        var result = trainer.Run(Linear, sounds.Train, test: sounds.Test);

        Assert.Equal(sounds.All.Select(s => s.Label).Distinct().Order(StringComparer.Ordinal), result.Info.Labels);
        Assert.True(result.Test!.BalancedAccuracy >= 0.8, $"{result.Test.BalancedAccuracy:P0} of 3 labels");
        Assert.Equal((60, 60), (result.Curve.Count, result.Epoch));
        Assert.True(result.Curve[^1].Loss < result.Curve[0].Loss / 2);
    }

    [Fact]
    public void Fine_tuning_from_scratch_learns()
    {
        using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);

        var result = trainer.Run(FineTuning, sounds.Train, sounds.Validation, sounds.Test);

        Assert.True(result.Test!.BalancedAccuracy >= 0.8, $"{result.Test.BalancedAccuracy:P0} of 3 labels");
        var best = result.Curve.Max(p => p.ValidationAccuracy);
        Assert.Equal(best, result.Validation!.BalancedAccuracy);
        Assert.Equal(result.Curve.First(p => p.ValidationAccuracy == best).Epoch, result.Epoch);
    }
}
