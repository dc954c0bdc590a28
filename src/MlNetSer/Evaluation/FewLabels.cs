namespace MlNetSer;

/// <summary>Training sets of a few clips of each label.</summary>
internal static class FewLabels
{
    private const int MostFolds = 5;

    /// <summary>The split as it is, or with only some of its training clips, drawn anew each time.</summary>
    /// <exception cref="InvalidDataException">A label has fewer training clips than are to be drawn.</exception>
    public static FeatureSplit[] Splits(FeatureSplit split, FoldEvaluationOptions options) => options.ClipsPerLabel is { } count
        ? [.. Enumerable.Range(0, options.Draws).Select(draw => split with { Train = Draw(split, count, draw) })]
        : [split];

    private static FeatureRow[] Draw(FeatureSplit split, int count, int draw)
    {
        var random = new Random(HashOf(split.Seed, split.Test[0].Fold, draw));
        return [.. split.Train.GroupBy(row => row.Label).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(label =>
        {
            var clips = label.ToArray();
            if (clips.Length < count)
            {
                throw new InvalidDataException(
                    $"The label '{label.Key}' has {clips.Length} clips to train on where fold {split.Test[0].Fold} is tested, expected at least {count}.");
            }
            random.Shuffle(clips);
            // Folds of their own, with all labels in each, for classifiers that choose their settings.
            return clips.Take(count).Select((clip, i) => new FeatureRow
            {
                Features = clip.Features,
                Label = clip.Label,
                Fold = i % MostFolds,
                Patches = clip.Patches,
            });
        })];
    }

    // HashCode differs from process to process.
    private static int HashOf(int seed, int fold, int draw) => unchecked((((seed * 1_000_003) + fold) * 1_009) + draw);
}
