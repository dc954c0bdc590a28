using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>The baseline on real sound against an independent implementation's figures (in other frameworks, on the same folds).</summary>
public sealed class LogMelBaselineTests
{
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
