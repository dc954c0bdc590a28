namespace MlNetSer.Training;

/// <summary>The sounds of a classifier's training, and the labels of those that it learns from.</summary>
internal sealed class DownstreamSounds
{
    private readonly Dictionary<string, int> _numbers;

    /// <summary>Checks that the labels can be learnt.</summary>
    /// <exception cref="RunException">They cannot; the message names a sound.</exception>
    public DownstreamSounds(IReadOnlyList<LabelledSound> train, IReadOnlyList<LabelledSound>? validation, IReadOnlyList<LabelledSound>? test)
        : this(train, validation ?? [], test ?? [], [])
    {
        if (Train.FirstOrDefault(s => s.Label.Length == 0) is { } unlabelled) throw new RunException($"{unlabelled.Path} has no label.");
        if (Train.Concat(Validation).Concat(Test).FirstOrDefault(s => s.IsMultiLabel) is { } several)
            throw new RunException($"{several.Path} has the labels '{several.Label}': a classifier learns one label per sound.");
        if (Labels.Count < 2)
        {
            throw new RunException(train.Count == 0
                ? "There are no sounds to learn from."
                : $"All {train.Count} sounds to learn from have the label '{Labels[0]}': a classifier needs at least two labels.");
        }
        RequireKnown("validation", Validation);
        RequireKnown("test", Test);
    }

    private DownstreamSounds(
        IReadOnlyList<LabelledSound> train, IReadOnlyList<LabelledSound> validation, IReadOnlyList<LabelledSound> test,
        IReadOnlyList<UnreadableFile> unreadable)
    {
        (Train, Validation, Test, Unreadable) = (train, validation, test, unreadable);
        Labels = [.. train.Select(s => s.Label).Distinct().Order(StringComparer.Ordinal)];
        _numbers = Labels.Select((label, i) => (label, i)).ToDictionary();
    }

    public IReadOnlyList<LabelledSound> Train { get; }

    public IReadOnlyList<LabelledSound> Validation { get; }

    public IReadOnlyList<LabelledSound> Test { get; }

    /// <summary>The labels of the training sounds in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<UnreadableFile> Unreadable { get; }

    /// <summary>All files, in an order that does not depend on what they are for: folds share a cache.</summary>
    public string[] Paths => [.. Train.Concat(Validation).Concat(Test).Select(s => s.Path).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The numbers of their labels.</summary>
    public int[] LabelsOf(IReadOnlyList<LabelledSound> sounds) => [.. sounds.Select(s => _numbers[s.Label])];

    /// <summary>What is left without files that cannot be read.</summary>
    /// <exception cref="RunException">Nothing is left of a label to learn from, or of the validation or test sounds.</exception>
    public DownstreamSounds Without(IReadOnlyCollection<UnreadableFile> unreadable)
    {
        var files = unreadable.ToDictionary(u => u.Path);
        UnreadableFile[] left = [.. Paths.Where(files.ContainsKey).Select(path => files[path])];
        if (left.Length == 0) return this;
        IReadOnlyList<LabelledSound> Readable(IReadOnlyList<LabelledSound> sounds) => [.. sounds.Where(s => !files.ContainsKey(s.Path))];
        var rest = new DownstreamSounds(Readable(Train), Readable(Validation), Readable(Test), left);
        if (rest.Labels.Count < Labels.Count || (rest.Validation.Count == 0) != (Validation.Count == 0) || (rest.Test.Count == 0) != (Test.Count == 0))
            throw new RunException($"{left.Length} sounds cannot be read, and none of their label or purpose is left. The first: {left[0].Reason}");
        return rest;
    }

    private void RequireKnown(string purpose, IReadOnlyList<LabelledSound> sounds)
    {
        if (sounds.FirstOrDefault(s => !_numbers.ContainsKey(s.Label)) is not { } unknown) return;
        throw new RunException($"{unknown.Path}, a {purpose} sound, has the label '{unknown.Label}', which no sound to learn from has.");
    }
}
