namespace MlNetSer.Training.Tests;

public sealed class DownstreamSettingsTests
{
    [Theory]
    [InlineData(DownstreamMode.Linear, 0.1)]
    [InlineData(DownstreamMode.FineTuning, 0.01)]
    public void The_defaults_are_the_papers(DownstreamMode mode, double rate)
    {
        var settings = new DownstreamSettings { Mode = mode };
        Assert.Equal((200, 128, 0.9, 1e-4), (settings.Epochs, settings.BatchSize, settings.Momentum, settings.WeightDecay));
        Assert.Equal(
            [rate, rate, rate / 10, rate / 10, rate / 100, rate / 100],
            new[] { 0, 79, 80, 159, 160, 199 }.Select(settings.LearningRateAt),
            (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Json_gives_the_settings_back_and_fills_in_defaults()
    {
        var settings = new DownstreamSettings { Mode = DownstreamMode.Linear, Epochs = 3, LearningRate = 0.5, Seed = 9, Precision = TrainingPrecision.BFloat16 };
        var read = DownstreamSettings.FromJson(settings.ToJson());
        Assert.Equal(settings with { Milestones = [] }, read with { Milestones = [] });
        Assert.Equal(settings.Milestones, read.Milestones);
        Assert.Equal(7, DownstreamSettings.FromJson("""{ "epochs": 7 }""").Epochs);
        Assert.Throws<FormatException>(() => DownstreamSettings.FromJson("""{ "epoch": 7 }"""));
    }

    [Theory]
    [InlineData("""{ "epochs": 0 }""", "epochs is 0")]
    [InlineData("""{ "batchSize": 1 }""", "batchSize is 1")]
    [InlineData("""{ "learningRate": -1 }""", "learningRate is -1")]
    [InlineData("""{ "milestones": [0.5, 2] }""", "milestones")]
    [InlineData("""{ "momentum": 1 }""", "momentum is 1")]
    [InlineData("""{ "weightDecay": -1 }""", "weightDecay is -1")]
    [InlineData("""{ "validateEvery": 0 }""", "validateEvery is 0")]
    public void Settings_that_cannot_be_trained_with_are_named(string json, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => DownstreamSettings.FromJson(json)).Message, StringComparison.Ordinal);
}
