namespace MlNetSer.Tests;

public sealed class PatchSoftmaxTests
{
    /// <summary>One feature: label a about -1, label b about 1.</summary>
    private static readonly FeatureRow[] s_train = [.. Enumerable.Range(0, 40).Select(i =>
        Clip(i % 2 == 0 ? "a" : "b", i % 5, [.. Enumerable.Range(0, 3).Select(p => (i % 2 == 0 ? -1f : 1f) + (0.1f * ((i + p) % 4)))]))];

    [Fact]
    public void A_clip_gets_the_label_of_the_highest_mean_probability_of_its_own_patches()
    {
        FeatureRow[] test =
        [
            Clip("b", 9, 1.2f),
            // Nearly certain twice, and certain of the other once: the mean of the features would say a.
            Clip("b", 9, 1.2f, 1.2f, -30),
            Clip("a", 9, -1, -1),
            Clip("a", 9, -1.2f, 30, -1.2f, -1.2f),
        ];
        Assert.Equal(["b", "b", "a", "a"], SoundClassifier.PatchSoftmax.Predict(new(s_train, test, 1), TestContext.Current.CancellationToken));
        // As told of the means.
        Assert.Equal(["b", "a", "a", "b"], SoundClassifier.Linear.Predict(new(s_train, test, 1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Features_without_patches_are_refused()
    {
        SoundFeatures features = new("means", [new("1.wav", "a", 1), new("2.wav", "b", 2)], [[1], [2]]);
        var error = Assert.Throws<ArgumentException>(() => FoldEvaluation.Run(features, new() { Classifiers = [SoundClassifier.Linear, SoundClassifier.PatchSoftmax] }));
        Assert.StartsWith("'patch softmax' looks at patches, and 'means' has none", error.Message, StringComparison.Ordinal);
    }

    private static FeatureRow Clip(string label, int fold, params float[] patches) =>
        new() { Features = [patches.Average()], Label = label, Fold = fold, Patches = [.. patches.Select(p => new[] { p })] };
}
