namespace MlNetSer;

/// <summary>What cross-validation over one kind of features gave. All members can be written as JSON.</summary>
/// <param name="Features">What was evaluated, such as the name of an encoder.</param>
/// <param name="Dimensions">Length of a clip's feature vector.</param>
/// <param name="Clips">How many clips were used.</param>
/// <param name="Labels">The labels in ordinal order, as the confusion matrices have them.</param>
/// <param name="Classifiers">One result per classifier.</param>
/// <param name="Unreadable">Clips that were left out because they could not be read.</param>
public sealed record EvaluationReport(
    string Features,
    int Dimensions,
    int Clips,
    IReadOnlyList<string> Labels,
    IReadOnlyList<ClassifierResult> Classifiers,
    IReadOnlyList<UnreadableSound> Unreadable);

/// <summary>What one classifier reached over all folds.</summary>
/// <param name="Classifier">Its name.</param>
/// <param name="MicroAccuracy">Share of clips labelled correctly.</param>
/// <param name="MacroAccuracy">Mean over the labels of the share of each label's clips labelled correctly (balanced accuracy).</param>
/// <param name="Folds">The folds one by one, in the order of their numbers.</param>
/// <param name="Confusion">Counts summed over the folds, and over the draws of few labels: <c>Confusion[i][j]</c> clips of label i were taken for label j.</param>
public sealed record ClassifierResult(
    string Classifier,
    FoldStatistic MicroAccuracy,
    FoldStatistic MacroAccuracy,
    IReadOnlyList<FoldResult> Folds,
    IReadOnlyList<IReadOnlyList<int>> Confusion);

/// <summary>What one classifier reached on one fold after training on all others.</summary>
/// <param name="Fold">The fold's number; 0 for the test set that a data set fixes.</param>
/// <param name="Clips">How many clips it has.</param>
/// <param name="MicroAccuracy">Share of its clips labelled correctly, 0 to 1.</param>
/// <param name="MacroAccuracy">Mean over the labels that occur in it of the share of each label's clips labelled correctly, 0 to 1.</param>
public sealed record FoldResult(int Fold, int Clips, double MicroAccuracy, double MacroAccuracy);

/// <summary>A figure over folds.</summary>
/// <param name="Mean">Mean over the folds, each counting the same.</param>
/// <param name="StandardDeviation">Sample standard deviation over the folds (n - 1); 0 where there is only one.</param>
public sealed record FoldStatistic(double Mean, double StandardDeviation)
{
    /// <summary>Mean and sample standard deviation of values; of a single one the deviation is 0.</summary>
    public static FoldStatistic Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        return values.Count == 1 ? new(mean, 0) : new(mean, Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }
}
