namespace MlNetSer.Training;

/// <summary>
/// Makes labels scarce or wrong, for measuring what pretraining is worth then. Both depend on nothing but the labels, their order and the seed.
/// Thread-safe.
/// </summary>
public static class TrainingLabels
{
    /// <summary>
    /// The same share of each label's sounds, at least one of each, drawn by the seed. With the same seed a larger share holds every smaller one.
    /// </summary>
    /// <param name="sounds">Labelled sounds.</param>
    /// <param name="share">In (0, 1].</param>
    /// <param name="seed">Decides which.</param>
    /// <returns>Sounds in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in (0, 1].</exception>
    public static IReadOnlyList<LabelledSound> Keep(IReadOnlyList<LabelledSound> sounds, double share, long seed)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        if (share is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share of labels is expected in (0, 1].");
        return [.. Drawn(sounds, seed, "kept labels", count => Math.Max(1, Rounded(share, count))).Order().Select(i => sounds[i])];
    }

    /// <summary>
    /// Gives the same share of each label's sounds another label, any of the others with the same probability (symmetric label noise). With the same
    /// seed a larger share holds every smaller one's sounds.
    /// </summary>
    /// <param name="sounds">Labelled sounds.</param>
    /// <param name="share">In [0, 1].</param>
    /// <param name="seed">Decides which, and what they become.</param>
    /// <returns>All sounds in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
    /// <exception cref="ArgumentException">There is one label only.</exception>
    public static IReadOnlyList<LabelledSound> MakeWrong(IReadOnlyList<LabelledSound> sounds, double share, long seed)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share of wrong labels is expected in [0, 1].");
        string[] labels = [.. sounds.Select(s => s.Label).Distinct().Order(StringComparer.Ordinal)];
        if (labels.Length < 2) throw new ArgumentException("Labels can only be made wrong where there are at least two.", nameof(sounds));
        var result = sounds.ToArray();
        var random = Random(seed, "wrong labels");
        foreach (var i in Drawn(sounds, seed, "sounds with wrong labels", count => Rounded(share, count)))
        {
            var other = random.Below(labels.Length - 1);
            if (other >= Array.IndexOf(labels, sounds[i].Label)) other++;
            result[i] = sounds[i] with { Label = labels[other] };
        }
        return result;
    }

    /// <summary>The first sounds of each label in an order drawn by the seed.</summary>
    private static IEnumerable<int> Drawn(IReadOnlyList<LabelledSound> sounds, long seed, string purpose, Func<int, int> take)
    {
        var random = Random(seed, purpose);
        foreach (var label in Enumerable.Range(0, sounds.Count).GroupBy(i => sounds[i].Label).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var clips = label.ToArray();
            var order = random.Permutation(clips.Length);
            foreach (var drawn in order.Take(take(clips.Length))) yield return clips[drawn];
        }
    }

    private static StepRandom Random(long seed, string purpose) => new TrainingPosition(seed, 0, -1).Random(purpose);

    private static int Rounded(double share, int count) => (int)Math.Round(share * count, MidpointRounding.AwayFromZero);
}
