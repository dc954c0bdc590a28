using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>The table of a sweep: a row per variant, in the plan's order; for each labelled set and classifier mean and spread over the seeds.</summary>
internal static class SweepTable
{
    public static void Write(Screen screen, SweepPlan plan, IReadOnlyList<SweepResult> results)
    {
        (string Data, string Classifier)[] columns =
            [.. results.SelectMany(r => r.Scores).Select(s => (s.Data, s.Classifier)).Distinct()];
        var single = columns.Select(c => c.Data).Distinct().Count() == 1;
        screen.Table(
            ["variant", "seeds", "loss", .. columns.Select(c => single ? c.Classifier : $"{Name(c.Data)}: {c.Classifier}")],
            from variant in plan.Variants
            let runs = results.Where(r => r.Variant == variant.Name).ToArray()
            where runs.Length > 0
            select (IReadOnlyList<string>)
            [
                variant.Name,
                runs.Select(r => r.Seed).Distinct().Count().ToString(CultureInfo.InvariantCulture),
                runs.Average(r => r.Loss).ToString("0.000", CultureInfo.InvariantCulture),
                .. columns.Select(c => Cell(runs, c.Data, c.Classifier)),
            ]);
    }

    private static string Cell(SweepResult[] runs, string data, string classifier)
    {
        // A seed's accuracy over held-out folds is the mean of its folds; the spread is that of the seeds.
        double[] bySeed =
        [
            .. runs.GroupBy(r => r.Seed).Select(seed => seed.Average(
                run => run.Scores.Single(s => s.Data == data && s.Classifier == classifier).Accuracy)),
        ];
        var mean = EvaluationTables.Percent(bySeed.Average());
        return bySeed.Length < 2 ? mean : $"{mean} ± {EvaluationTables.Percent(FoldStatistic.Of(bySeed).StandardDeviation)}";
    }

    private static string Name(string data) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(data));
}
