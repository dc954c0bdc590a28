using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>The results of a reproduction: on the screen, as Markdown and as CSV.</summary>
internal static class ReproductionTable
{
    private static readonly string[] Header = ["evaluation", "trained on", "encoder", "validation", "test", "test, share of clips", "epoch"];

    public static void Write(Screen screen, string folder, string title, IReadOnlyList<StageResult> results)
    {
        IReadOnlyList<string>[] rows = [.. results.Select(Row)];
        screen.Line(title);
        screen.Line();
        screen.Table(Header, rows);
        using var markdown = new StringWriter { NewLine = "\n" };
        markdown.WriteLine(title);
        markdown.WriteLine();
        MarkdownTable.Write(markdown, Header, rows);
        AtomicFile.WriteText(Path.Combine(folder, "results.md"), markdown.ToString());
        AtomicFile.WriteText(Path.Combine(folder, "results.csv"), string.Concat(results.Select(Line).Prepend(
            "evaluation,trained_on,encoder,validation_accuracy,test_balanced_accuracy,test_accuracy,epoch,seconds\n")));
        screen.Line();
        screen.Json(new { Title = title, Stages = results });
        screen.Line($"Also in {Path.Combine(folder, "results.md")} and results.csv");
    }

    private static IReadOnlyList<string> Row(StageResult r) =>
    [
        r.Evaluation, r.TrainedOn, r.Encoder, Percent(r.Validation), Percent(r.Test), Percent(r.TestShare), r.Epoch.ToString(CultureInfo.InvariantCulture),
    ];

    private static string Percent(double? share) => share is { } value ? EvaluationTables.Percent(value) : "";

    private static string Line(StageResult r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Evaluation},{r.TrainedOn},{r.Encoder},{r.Validation:0.#####},{r.Test:0.#####},{r.TestShare:0.#####},{r.Epoch},{r.Seconds:0}\n");
}
