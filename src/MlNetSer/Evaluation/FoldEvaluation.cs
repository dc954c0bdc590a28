namespace MlNetSer;

/// <summary>Settings of <see cref="FoldEvaluation"/>.</summary>
public sealed record FoldEvaluationOptions
{
    /// <summary>The classifiers to compare; all of them on the same features and folds.</summary>
    public IReadOnlyList<SoundClassifier> Classifiers { get; init; } = SoundClassifier.All;

    /// <summary>How many stratified folds to make where the sounds come with none.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// How many clips of each label a classifier is trained on, drawn at random among those that may be trained on, to see what few labels are
    /// enough for; null for all of them.
    /// </summary>
    public int? ClipsPerLabel { get; init; }

    /// <summary>How often each fold's training clips are drawn where <see cref="ClipsPerLabel"/> is set; a fold's accuracy is the mean over them.</summary>
    public int Draws { get; init; } = 5;

    /// <summary>Decides the folds that are made, the clips that are drawn and everything random in the classifiers.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Cross-validation of classifiers on features that were computed once per clip.</summary>
public static class FoldEvaluation
{
    /// <summary>
    /// Trains each classifier on all folds but one and tests it on that one, for every fold: linear evaluation as in the paper's
    /// section 4, with boosted trees and nearest neighbours beside it. Sounds with a test set (<see cref="LabelledSound.IsTest"/>) are
    /// not cross-validated: all others are trained on, and the test set is the only fold in the report, number 0.
    /// </summary>
    /// <param name="features">The clips with their features and labels; the folds are those of the sounds where they have some.</param>
    /// <param name="options">Settings; left out, the defaults.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <returns>Accuracies by fold, their mean and standard deviation, and the confusion matrix, for each classifier.</returns>
    /// <exception cref="ArgumentException">A classifier looks at patches and the features have none, or a number in the settings is less than 1.</exception>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two labels, a clip has none, the folds cannot be used, or a label has too few clips for <see cref="FoldEvaluationOptions.ClipsPerLabel"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The evaluation was stopped.</exception>
    public static EvaluationReport Run(SoundFeatures features, FoldEvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        options ??= new();
        if (options.ClipsPerLabel is { } few) ArgumentOutOfRangeException.ThrowIfLessThan(few, 1, nameof(options.ClipsPerLabel));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Draws, 1, nameof(options.Draws));
        if (features.Patches is null && options.Classifiers.FirstOrDefault(c => c.NeedsPatches) is { } patchwise)
        {
            throw new ArgumentException(
                $"'{patchwise.Name}' looks at patches, and '{features.Name}' has none: make them by {nameof(SoundFeatures.EmbedPatches)}.", nameof(features));
        }
        string[] labels = [.. features.Sounds.Select(s => s.Label).Distinct().Order(StringComparer.Ordinal)];
        CheckLabels(features.Sounds, labels);
        var assigned = Folds.Assign(features.Sounds, options.Folds, options.Seed);
        var rows = features.Sounds.Select((sound, i) => new FeatureRow
        {
            Features = features.Vectors[i],
            Label = sound.Label,
            Fold = assigned[i],
            Patches = features.Patches?[i] ?? [],
            Stop = cancellationToken,
        }).ToArray();

        int[] folds = features.Sounds.Any(s => s.IsTest) ? [Folds.TestSet] : [.. assigned.Distinct().Order()];
        var splits = folds.Select(fold => FewLabels.Splits(FeatureSplit.At(rows, fold, options.Seed), options)).ToArray();
        var runs = options.Classifiers.SelectMany(classifier => splits.SelectMany(draws => draws, (_, split) => (classifier, split))).ToArray();
        var confusions = new int[runs.Length][][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, runs.Length, parallel, i =>
        {
            var (classifier, split) = runs[i];
            confusions[i] = Confusion(labels, split.Test, classifier.Predict(split, cancellationToken), classifier.Name);
        });

        var draws = splits[0].Length;
        var results = confusions.Chunk(folds.Length * draws).Zip(options.Classifiers, (ofClassifier, classifier) =>
            Summarise(classifier.Name, folds, [.. ofClassifier.Chunk(draws).Select(Sum)], draws));
        return new(features.Name, features.Dimensions, rows.Length, labels, [.. results], features.Unreadable);
    }

    private static void CheckLabels(IReadOnlyList<LabelledSound> sounds, string[] labels)
    {
        if (sounds.FirstOrDefault(s => s.Label.Length == 0) is { } unlabelled)
            throw new InvalidDataException($"'{unlabelled.Path}' has no label: put each label's sounds into a sub-folder of that name.");
        if (sounds.FirstOrDefault(s => s.IsMultiLabel) is { } several)
            throw new InvalidDataException($"'{several.Path}' has the labels '{several.Label}': evaluation takes data sets with one label per sound.");
        if (labels.Length < 2)
        {
            throw new InvalidDataException(
                $"All {sounds.Count} sounds have the label '{labels.FirstOrDefault()}': evaluation needs at least 2 labels.");
        }
    }

    private static int[][] Confusion(string[] labels, FeatureRow[] test, string[] predicted, string classifier)
    {
        var counts = labels.Select(_ => new int[labels.Length]).ToArray();
        for (var i = 0; i < test.Length; i++)
        {
            var taken = Array.IndexOf(labels, predicted[i]);
            if (taken < 0) throw new InvalidDataException($"The classifier '{classifier}' predicts '{predicted[i]}', which is no label of the sounds.");
            counts[Array.IndexOf(labels, test[i].Label)][taken]++;
        }
        return counts;
    }

    private static int[][] Sum(IReadOnlyCollection<int[][]> confusions) =>
        [.. confusions.First().Select((row, i) => row.Select((_, j) => confusions.Sum(c => c[i][j])).ToArray())];

    internal static ClassifierResult Summarise(string name, int[] folds, int[][][] confusions, int draws = 1)
    {
        var byFold = folds.Zip(confusions, (fold, counts) =>
        {
            var (micro, macro) = ConfusionAccuracy.Of(counts);
            return new FoldResult(fold, counts.Sum(row => row.Sum()) / draws, micro, macro);
        }).ToArray();
        return new(
            name,
            FoldStatistic.Of([.. byFold.Select(f => f.MicroAccuracy)]),
            FoldStatistic.Of([.. byFold.Select(f => f.MacroAccuracy)]),
            byFold,
            Sum(confusions));
    }
}
