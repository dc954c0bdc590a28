using System.Text.Json;
using Microsoft.ML;

namespace MlNetSer.Tests;

public sealed class FoldEvaluationTests
{
    private static readonly SoundFeatures s_small = new(
        "small",
        [
            new("1.wav", "a", 7), new("2.wav", "a", 7), new("3.wav", "b", 7),
            new("4.wav", "a", 2), new("5.wav", "b", 2), new("6.wav", "c", 2),
        ],
        [[1, 0, 0], [1, 0.1f, 0], [0.9f, 0.2f, 0], [1, 0.05f, 0], [0, 1, 0], [0, 0, 1]]);

    [Fact]
    public void Accuracies_and_confusion_are_those_counted_by_hand()
    {
        var constant = SoundClassifier.FromPipeline("always a", ml => ml.Transforms.Expression("PredictedLabel", "(x) : \"a\"", "Label"));
        var report = FoldEvaluation.Run(s_small, new() { Classifiers = [constant] }, TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "c"], report.Labels);
        Assert.Equal((6, 3, "small"), (report.Clips, report.Dimensions, report.Features));
        var result = Assert.Single(report.Classifiers);
        Assert.Equal("always a", result.Classifier);
        // Fold 2 (a, b, c): 1 of 3, by label 1, 0, 0. Fold 7 (a, a, b): 2 of 3, by label 1, 0; c does not occur.
        Assert.Equal([new(2, 3, 1 / 3.0, 1 / 3.0), new(7, 3, 2 / 3.0, 0.5)], result.Folds);
        Assert.Equal(0.5, result.MicroAccuracy.Mean, 12);
        Assert.Equal(Math.Sqrt(2) / 6, result.MicroAccuracy.StandardDeviation, 12);
        Assert.Equal(5 / 12.0, result.MacroAccuracy.Mean, 12);
        Assert.Equal(Math.Sqrt(2) / 12, result.MacroAccuracy.StandardDeviation, 12);
        Assert.Equal<IEnumerable<int>>([[3, 0, 0], [2, 0, 0], [1, 0, 0]], result.Confusion);
    }

    [Fact]
    public void All_three_classifiers_separate_clear_classes_and_none_learns_from_noise()
    {
        var random = new Random(5);
        var sounds = Enumerable.Range(0, 120).Select(i => new LabelledSound($"{i}.wav", $"label {i % 4}")).ToArray();
        var centres = Enumerable.Range(0, 4).Select(_ => Vector(random, 3)).ToArray();
        var clear = sounds.Select((_, i) => Vector(random, 1).Zip(centres[i % 4], (noise, centre) => noise + centre).ToArray()).ToArray();
        var noise = sounds.Select(_ => Vector(random, 1)).ToArray();

        foreach (var result in FoldEvaluation.Run(new("clear", sounds, clear)).Classifiers)
            Assert.True(result.MicroAccuracy.Mean > 0.9, $"{result.Classifier}: {result.MicroAccuracy.Mean}");
        foreach (var result in FoldEvaluation.Run(new("noise", sounds, noise)).Classifiers)
            Assert.InRange(result.MicroAccuracy.Mean, 0.1, 0.42);
    }

    [Fact]
    public void The_same_seed_gives_the_same_report_and_a_report_survives_JSON()
    {
        var random = new Random(6);
        var sounds = Enumerable.Range(0, 60).Select(i => new LabelledSound($"{i}.wav", $"label {i % 3}")).ToArray();
        var features = new SoundFeatures("noise", sounds, [.. sounds.Select(_ => Vector(random, 1))], [new("x.wav", "x.wav: broken")]);

        var json = JsonSerializer.Serialize(FoldEvaluation.Run(features, new() { Folds = 3 }));
        Assert.Equal(json, JsonSerializer.Serialize(FoldEvaluation.Run(features, new() { Folds = 3 })));
        Assert.NotEqual(json, JsonSerializer.Serialize(FoldEvaluation.Run(features, new() { Folds = 3, Seed = 2 })));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<EvaluationReport>(json)));
    }

    [Fact]
    public void Folds_that_are_made_hold_their_share_of_each_label()
    {
        var sounds = Enumerable.Range(0, 43).Select(i => new LabelledSound($"{i}.wav", i % 3 == 0 ? "rare" : "common")).ToArray();
        var folds = Folds.Assign(sounds, 5, seed: 1);
        Assert.Equal(Enumerable.Range(1, 5), folds.Distinct().Order());
        foreach (var label in sounds.Zip(folds).GroupBy(s => s.First.Label, s => s.Second))
            Assert.True(label.CountBy(f => f).Max(f => f.Value) - label.CountBy(f => f).Min(f => f.Value) <= 1);
        Assert.NotEqual(folds, Folds.Assign(sounds, 5, seed: 2));
    }

    [Fact]
    public void A_test_set_is_tested_on_once_after_training_on_all_others()
    {
        LabelledSound[] train = [.. Enumerable.Range(0, 5).Select(i => new LabelledSound($"{i}.wav", i < 2 ? "a" : "b"))];
        LabelledSound[] test = [new("6.wav", "a") { IsTest = true }, new("7.wav", "b") { IsTest = true }, new("8.wav", "b") { IsTest = true }];
        var vectors = new float[][] { [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [1, 0], [0, 1], [1, 0] };
        var report = FoldEvaluation.Run(new("x", [.. train, .. test], vectors), new() { Classifiers = [SoundClassifier.NearestNeighbours] });
        var result = Assert.Single(report.Classifiers);
        // Of the 5 nearest neighbours all vote: b has 3 of 5.
        Assert.Equal([new(0, 3, 2 / 3.0, 0.5)], result.Folds);
        Assert.Equal((2 / 3.0, 0.0), (result.MicroAccuracy.Mean, result.MicroAccuracy.StandardDeviation));
        Assert.Equal<IEnumerable<int>>([[0, 1], [0, 2]], result.Confusion);
        Assert.NotEmpty(JsonSerializer.Serialize(report));
    }

    [Fact]
    public void Labels_and_folds_that_cannot_be_used_are_named()
    {
        Refused("All 2 sounds have the label 'a'", new("1.wav", "a"), new("2.wav", "a"));
        Refused("'2.wav' has no label", new("1.wav", "a"), new("2.wav", ""));
        Refused("1 of 2 sounds have no fold, the first is '2.wav'", new("1.wav", "a", 1), new("2.wav", "b"));
        Refused("All 2 sounds are in fold 3", new("1.wav", "a", 3), new("2.wav", "b", 3));
        Refused("All 2 sounds are in the test set", new("1.wav", "a") { IsTest = true }, new("2.wav", "b") { IsTest = true });
        Refused("'1.wav' has the labels 'a,b'", new("1.wav", "a,b") { IsMultiLabel = true }, new("2.wav", "b") { IsMultiLabel = true });
        Refused("2 sounds cannot be split into 5 folds", new("1.wav", "a"), new("2.wav", "b"));

        static void Refused(string expected, params LabelledSound[] sounds)
        {
            var features = new SoundFeatures("x", sounds, [.. sounds.Select(_ => new float[] { 1 })]);
            Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => FoldEvaluation.Run(features)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cancelled_evaluation_stops() => Assert.ThrowsAny<OperationCanceledException>(
        () => FoldEvaluation.Run(s_small, cancellationToken: new CancellationToken(canceled: true)));

    private static float[] Vector(Random random, float scale) =>
        [.. Enumerable.Range(0, 24).Select(_ => scale * (float)(random.NextDouble() + random.NextDouble() - 1))];
}
