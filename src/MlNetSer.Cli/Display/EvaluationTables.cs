using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>Evaluation reports for people.</summary>
internal static class EvaluationTables
{
    /// <summary>Accuracies by fold, and the confusion matrix of the best classifier of each kind of features.</summary>
    public static void Write(Screen screen, IReadOnlyList<EvaluationReport> reports)
    {
        WriteAccuracies(screen, reports);
        foreach (var report in reports) WriteConfusion(screen, report, report.Classifiers.MaxBy(c => c.MicroAccuracy.Mean)!);
    }

    /// <summary>A row per kind of features and classifier.</summary>
    public static void WriteAccuracies(Screen screen, IReadOnlyList<EvaluationReport> reports)
    {
        var first = reports[0];
        var folds = first.Classifiers[0].Folds;
        // Cross-validation has at least two.
        var isTestSet = folds.Count == 1;
        var tested = isTestSet ? $"tested on the {folds[0].Clips} of the test set" : $"{folds.Count} folds";
        screen.Line($"{first.Clips} clips, {first.Labels.Count} labels, {tested}. Accuracy in %:");
        screen.Line();
        screen.Table(
            ["features", "classifier", .. folds.Select(f => isTestSet ? "test set" : $"fold {f.Fold}"), "mean", "std", "macro"],
            from report in reports
            from classifier in report.Classifiers
            select (IReadOnlyList<string>)
            [
                report.Features,
                classifier.Classifier,
                .. classifier.Folds.Select(f => Percent(f.MicroAccuracy)),
                Percent(classifier.MicroAccuracy.Mean),
                Percent(classifier.MicroAccuracy.StandardDeviation),
                Percent(classifier.MacroAccuracy.Mean),
            ]);
    }

    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static void WriteConfusion(Screen screen, EvaluationReport report, ClassifierResult classifier)
    {
        screen.Line();
        screen.Line($"{report.Features}, {classifier.Classifier}: clips by label (rows) and prediction (columns)");
        screen.Line();
        // Columns carry numbers, so that twenty labels fit on a screen.
        screen.Table(
            ["label", .. report.Labels.Select((_, i) => $"{i + 1}")],
            report.Labels.Select((label, i) => (IReadOnlyList<string>)
            [
                $"{i + 1} {label}",
                .. classifier.Confusion[i].Select(count => count == 0 ? "·" : count.ToString(CultureInfo.InvariantCulture)),
            ]));
    }
}
