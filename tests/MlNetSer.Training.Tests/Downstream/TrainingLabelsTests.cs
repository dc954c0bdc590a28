namespace MlNetSer.Training.Tests;

public sealed class TrainingLabelsTests
{
    private static readonly LabelledSound[] Sounds =
        [.. Enumerable.Range(0, 100).Select(i => new LabelledSound($"{i}.wav", i % 10 == 0 ? "rare" : i % 2 == 0 ? "even" : "odd"))];

    [Fact]
    public void A_share_is_kept_of_every_label_and_smaller_shares_lie_in_larger_ones()
    {
        var tenth = TrainingLabels.Keep(Sounds, 0.1, seed: 3);
        var quarter = TrainingLabels.Keep(Sounds, 0.25, seed: 3);

        Assert.Equal([("even", 4), ("odd", 5), ("rare", 1)], Counts(tenth));
        Assert.Equal([("even", 10), ("odd", 13), ("rare", 3)], Counts(quarter));
        Assert.Subset(quarter.ToHashSet(), tenth.ToHashSet());
        Assert.Equal(quarter.OrderBy(s => Array.IndexOf(Sounds, s)), quarter);
        Assert.Equal(Sounds, TrainingLabels.Keep(Sounds, 1, seed: 3));
        Assert.NotEqual(tenth, TrainingLabels.Keep(Sounds, 0.1, seed: 4));
        Assert.Equal([("even", 1), ("odd", 1), ("rare", 1)], Counts(TrainingLabels.Keep(Sounds, 0.001, seed: 3)));
    }

    [Fact]
    public void A_share_of_every_label_becomes_any_other_label()
    {
        var wrong = TrainingLabels.MakeWrong(Sounds, 0.4, seed: 3);

        Assert.Equal(Sounds.Select(s => s.Path), wrong.Select(s => s.Path));
        var changed = Sounds.Zip(wrong).Where(p => p.First.Label != p.Second.Label).ToArray();
        Assert.Equal([("even", 16), ("odd", 20), ("rare", 4)], Counts([.. changed.Select(c => c.First)]));
        Assert.All(["even", "rare"], other => Assert.InRange(changed.Count(c => c.First.Label == "odd" && c.Second.Label == other), 4, 16));
        Assert.Equal(wrong, TrainingLabels.MakeWrong(Sounds, 0.4, seed: 3));
        Assert.NotEqual(wrong, TrainingLabels.MakeWrong(Sounds, 0.4, seed: 4));
        Assert.Equal(Sounds, TrainingLabels.MakeWrong(Sounds, 0, seed: 3));
    }

    [Fact]
    public void Shares_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabels.Keep(Sounds, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabels.Keep(Sounds, 1.1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabels.MakeWrong(Sounds, -0.1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabels.MakeWrong(Sounds, double.NaN, 1));
        Assert.Throws<ArgumentException>(() => TrainingLabels.MakeWrong([Sounds[0], Sounds[10]], 0.5, 1));
    }

    private static IEnumerable<(string, int)> Counts(IEnumerable<LabelledSound> sounds) =>
        sounds.GroupBy(s => s.Label).Select(g => (g.Key, g.Count())).OrderBy(c => c.Key, StringComparer.Ordinal);
}
