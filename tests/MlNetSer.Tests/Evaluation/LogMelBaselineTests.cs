using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>The baseline on real sound against an independent implementation's figures (in other frameworks, on the same folds).</summary>
public sealed class LogMelBaselineTests
{
    [Fact]
    public void A_clips_features_are_mean_and_deviation_of_each_band_over_time()
    {
        using var session = new SoundSession(LogMelFrontEnd.Build(new()), new());
        var sound = TestModel.Sound(1.7);
        var logMel = session.Run(sound, [], LogMelFrontEnd.LogMel, tensor => tensor.GetTensorDataAsSpan<float>().ToArray());
        using var statistics = new LogMelStatistics(new());
        var features = statistics.Compute(sound, TestContext.Current.CancellationToken);

        Assert.Equal(2 * 96, features.Length);
        for (var band = 0; band < 96; band++)
        {
            var values = logMel.Chunk(96).Select(frame => (double)frame[band]).ToArray();
            var mean = values.Sum() / values.Length;
            Assert.Equal(mean, features[band], 1e-5);
            // Of all frames, not an estimate from a sample of them.
            Assert.Equal(Math.Sqrt(values.Sum(v => v * v) / values.Length - (mean * mean)), features[96 + band], 1e-5);
        }
    }

    [Theory]
    [InlineData("esc10", 75.8, 63.8)]
    [InlineData("digits", 63.0, 43.7)]
    public void The_baseline_reaches_what_an_independent_implementation_reaches(string data, double linear, double neighbours)
    {
        var stop = TestContext.Current.CancellationToken;
        var sounds = SoundTable.Read(SharedData.Require("data", data, $"{data}.csv"));
        var features = SoundFeatures.LogMelStatistics(sounds, cancellationToken: stop);
        Assert.Equal((sounds.Count, 192, 0), (features.Sounds.Count, features.Dimensions, features.Unreadable.Count));
        var report = FoldEvaluation.Run(features, cancellationToken: stop);
        // One fold is 80 or 100 clips, and the two implementations share neither optimiser nor penalty: up to 3 points say nothing.
        Assert.InRange(Percent("linear"), linear - 3, linear + 3);
        Assert.InRange(Percent("kNN"), neighbours - 1.5, neighbours + 1.5);
        Assert.True(Percent("FastTree") > neighbours - 5);

        double Percent(string classifier) => 100 * report.Classifiers.Single(c => c.Classifier == classifier).MicroAccuracy.Mean;
    }
}
