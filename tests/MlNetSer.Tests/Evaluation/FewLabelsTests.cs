namespace MlNetSer.Tests;

public sealed class FewLabelsTests
{
    private static readonly FeatureRow[] s_rows =
        [.. Enumerable.Range(0, 60).Select(i => new FeatureRow { Features = [i, 1], Label = i % 2 == 0 ? "a" : "b", Fold = i / 20 })];

    [Fact]
    public void Each_draw_takes_that_many_clips_of_each_label_from_the_training_folds_only()
    {
        var split = FeatureSplit.At(s_rows, 1, seed: 4);
        var draws = FewLabels.Splits(split, new() { ClipsPerLabel = 3, Draws = 4 });
        Assert.Equal(4, draws.Length);
        foreach (var draw in draws)
        {
            Assert.Same(split.Test, draw.Test);
            int[] clips = [.. draw.Train.Select(row => (int)row.Features[0])];
            Assert.Equal((3, 3, 6), (clips.Count(i => i % 2 == 0), clips.Count(i => i % 2 == 1), clips.Distinct().Count()));
            Assert.DoesNotContain(1, clips.Select(i => i / 20));
            Assert.All(draw.Train.GroupBy(row => row.Fold), fold => Assert.Equal(["a", "b"], fold.Select(row => row.Label).Order()));
        }
        Assert.Equal(4, draws.DistinctBy(draw => string.Join(' ', draw.Train.Select(row => row.Features[0]))).Count());
        var again = FewLabels.Splits(split, new() { ClipsPerLabel = 3, Draws = 4 });
        Assert.Equal(draws.SelectMany(d => d.Train.Select(row => row.Features)), again.SelectMany(d => d.Train.Select(row => row.Features)));
        Assert.Same(split, Assert.Single(FewLabels.Splits(split, new() { Draws = 4 })));
    }

    [Fact]
    public void Folds_draw_independently_of_each_other()
    {
        var drawn = new[] { 0, 1, 2 }.Select(fold =>
        {
            var split = FeatureSplit.At(s_rows, fold, seed: 4);
            var places = FewLabels.Splits(split, new() { ClipsPerLabel = 3, Draws = 1 })[0].Train.Select(row => Array.FindIndex(split.Train, r => r.Features == row.Features));
            return string.Join(' ', places);
        });
        Assert.Equal(3, drawn.Distinct().Count());
    }

    [Fact]
    public void A_folds_accuracy_is_the_mean_over_its_draws()
    {
        // Two clips of each label lie at the wrong place: with one clip of each label to learn from, some draws see nothing else.
        var random = new Random(3);
        LabelledSound[] sounds = [.. Enumerable.Range(0, 40).Select(i => new LabelledSound($"{i}.wav", i % 2 == 0 ? "a" : "b", i / 20))];
        float[][] vectors = [.. sounds.Select((s, i) => (s.Label == "a") ^ (i % 20 < 4) ? new[] { 1, 0.1f * random.NextSingle() } : [0.1f * random.NextSingle(), 1])];
        var options = new FoldEvaluationOptions { Classifiers = [SoundClassifier.NearestNeighbours], ClipsPerLabel = 1, Draws = 50 };
        var few = Assert.Single(FoldEvaluation.Run(new("x", sounds, vectors), options).Classifiers);
        var all = Assert.Single(FoldEvaluation.Run(new("x", sounds, vectors), options with { ClipsPerLabel = null }).Classifiers);

        Assert.Equal([20, 20], few.Folds.Select(f => f.Clips));
        Assert.Equal(2 * 20 * 50, few.Confusion.Sum(row => row.Sum()));
        Assert.Equal(0.8, all.MicroAccuracy.Mean, 6);
        Assert.InRange(few.MicroAccuracy.Mean, 0.5, 0.75);
    }

    [Fact]
    public void A_label_with_too_few_clips_is_named()
    {
        var features = new SoundFeatures("x", [.. s_rows.Select((row, i) => new LabelledSound($"{i}.wav", row.Label, row.Fold))], [.. s_rows.Select(row => row.Features)]);
        Assert.Contains(
            "The label 'a' has 20 clips to train on where fold 0 is tested, expected at least 21",
            Assert.Throws<InvalidDataException>(() => FoldEvaluation.Run(features, new() { ClipsPerLabel = 21 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => FoldEvaluation.Run(features, new() { ClipsPerLabel = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FoldEvaluation.Run(features, new() { Draws = 0 }));
    }
}
