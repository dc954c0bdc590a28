namespace MlNetSer;

/// <summary>Which clip belongs to which fold of a cross-validation.</summary>
internal static class Folds
{
    /// <summary>The folds that the sounds come with, or, where none has one, <paramref name="count"/> stratified folds.</summary>
    /// <param name="sounds">The sounds.</param>
    /// <param name="count">How many folds to make where the sounds come with none.</param>
    /// <param name="seed">Decides which clip goes into which of the folds that are made.</param>
    /// <returns>A fold number per sound.</returns>
    /// <exception cref="InvalidDataException">Some sounds have a fold and some have none, or all are in one fold.</exception>
    public static int[] Assign(IReadOnlyList<LabelledSound> sounds, int count, int seed)
    {
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
