namespace MlNetSer;

/// <summary>Which clip belongs to which fold of a cross-validation.</summary>
internal static class Folds
{
    /// <summary>The number of the test set that a data set fixes, if it does: the only one that is tested on then.</summary>
    public const int TestSet = 0;

    /// <summary>
    /// The folds that the sounds come with, or, where none has one, <paramref name="count"/> stratified folds. Where there is a test set,
    /// the others have folds of their own, on which classifiers may choose their settings.
    /// </summary>
    /// <param name="sounds">The sounds.</param>
    /// <param name="count">How many folds to make where the sounds come with none.</param>
    /// <param name="seed">Decides which clip goes into which of the folds that are made.</param>
    /// <returns>A fold number per sound.</returns>
    /// <exception cref="InvalidDataException">Some sounds have a fold and some have none, or all are in one fold.</exception>
    public static int[] Assign(IReadOnlyList<LabelledSound> sounds, int count, int seed)
    {
        if (sounds.Any(s => s.IsTest)) return BesideTestSet(sounds, count, seed);
        var given = sounds.Count(s => s.Fold is not null);
        if (given == 0) return Stratify([.. sounds.Select(s => s.Label)], count, seed);
        if (given < sounds.Count)
        {
            var without = sounds.First(s => s.Fold is null);
            throw new InvalidDataException($"{sounds.Count - given} of {sounds.Count} sounds have no fold, the first is '{without.Path}'.");
        }
        int[] folds = [.. sounds.Select(s => s.Fold!.Value)];
        return folds.Distinct().Count() > 1
            ? folds
            : throw new InvalidDataException($"All {sounds.Count} sounds are in fold {folds[0]}: cross-validation needs at least 2 folds.");
    }

    private static int[] BesideTestSet(IReadOnlyList<LabelledSound> sounds, int count, int seed)
    {
        int[] train = [.. Enumerable.Range(0, sounds.Count).Where(i => !sounds[i].IsTest)];
        if (train.Length == 0) throw new InvalidDataException($"All {sounds.Count} sounds are in the test set: there are none to train on.");
        var assigned = new int[sounds.Count];
        foreach (var (sound, fold) in train.Zip(Stratify([.. train.Select(i => sounds[i].Label)], count, seed))) assigned[sound] = fold;
        return assigned;
    }

    /// <summary>Deals each label's clips, shuffled, onto the folds in turn, so that every fold has nearly the same share of each label.</summary>
    /// <param name="labels">The label of each clip.</param>
    /// <param name="count">How many folds, at least 2.</param>
    /// <param name="seed">Decides the shuffle; the same seed gives the same folds.</param>
    /// <returns>A fold from 1 to <paramref name="count"/> per clip.</returns>
    private static int[] Stratify(string[] labels, int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        if (labels.Length < count)
            throw new InvalidDataException($"{labels.Length} sounds cannot be split into {count} folds.");
        var random = new Random(seed);
        var folds = new int[labels.Length];
        var next = 0;
        foreach (var clips in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var shuffled = clips.ToArray();
            random.Shuffle(shuffled);
            foreach (var clip in shuffled) folds[clip] = next++ % count + 1;
        }
        return folds;
    }
}
