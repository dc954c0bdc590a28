using System.Globalization;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>The work of <c>finetune</c>.</summary>
internal static class FinetuneRun
{
    private const int MostLines = 20;

    public static int Run(FinetuneArguments arguments, Screen screen, CancellationToken cancellation)
    {
        arguments.Settings.Validate();
        EncoderStart[] starts = [.. arguments.From.Select(arguments.Start)];
        var sounds = SoundArguments.ReadLabelled(arguments.Data);
        try
        {
            if (arguments.Folds is { } folds) Compare(arguments, starts, sounds, folds, screen, cancellation);
            else Train(arguments, starts[0], sounds, screen, cancellation);
        }
        catch (OperationCanceledException) when (arguments.Settings.Mode == DownstreamMode.FineTuning)
        {
            screen.Warn("Stopped. The same command goes on with the classifier under way, at its last checkpoint.");
            throw;
        }
        return Tool.Success;
    }

    private static void Train(
        FinetuneArguments arguments, EncoderStart start, IReadOnlyList<LabelledSound> sounds, Screen screen, CancellationToken cancellation)
    {
        AtomicFile.Require(arguments.Output);
        IReadOnlyList<LabelledSound> train = [.. sounds.Where(s => !s.IsTest)], test = [.. sounds.Where(s => s.IsTest)];
        train = Changed(train, arguments.LabelShares[0], arguments.WrongLabels[0], arguments.Settings.Seed);
        var validation = arguments.Validate is { } path ? SoundArguments.ReadLabelled(path) : null;
        using var trainer = new DownstreamTrainer(start, arguments.Cache) { TensorBoardFolder = arguments.TensorBoard };
        var result = screen.Progress("Training", progress =>
            trainer.Run(arguments.Settings, train, validation, test, new Relay<DownstreamProgress>(p => progress.Report(DownstreamState.Of(p))), cancellation));
        SkippedSounds.Report(screen, [.. result.Unreadable.Select(u => new UnreadableSound(u.Path, u.Reason))], sounds.Count);
        var info = arguments.Describe(result.Info);
        info.WriteTo(result.Model);
        result.Model.Save(arguments.Output);

        WriteCurve(screen, result.Curve);
        screen.Line();
        if (result.Validation is { } validated) screen.Line($"Epoch {result.Epoch} is kept. {Accuracy("Validation", validated)}");
        if (result.Test is { } tested) screen.Line(Accuracy("Test", tested));
        screen.Line($"{arguments.Output}: {info.Encoder} classifier of {info.Labels.Count} labels, {FormattableString.Invariant($"{new FileInfo(arguments.Output).Length / 1e6:0.0} MB")}");
        screen.Next($"predict --model {arguments.Output} --data YOUR_SOUNDS");
        screen.Json(new { File = arguments.Output, Model = info, result.Curve, result.Epoch, result.Validation, result.Test });
    }

    private static void Compare(
        FinetuneArguments arguments,
        EncoderStart[] starts,
        IReadOnlyList<LabelledSound> sounds,
        int folds,
        Screen screen,
        CancellationToken cancellation)
    {
        var reports = new List<EvaluationReport>();
        foreach (var start in starts)
        {
            using var trainer = new DownstreamTrainer(start, arguments.Cache);
            foreach (var (share, wrong) in arguments.LabelShares.SelectMany(share => arguments.WrongLabels.Select(wrong => (share, wrong))))
            {
                var title = Title(start, share, wrong);
                var report = screen.Progress(title, progress => DownstreamEvaluation.Run(
                    trainer,
                    arguments.Settings,
                    sounds,
                    folds,
                    train => Changed(train, share, wrong, arguments.Settings.Seed),
                    new Relay<DownstreamProgress>(p => progress.Report(DownstreamState.Of(p))),
                    cancellation));
                SkippedSounds.Report(screen, report.Unreadable, sounds.Count);
                screen.Note($"{title}: {EvaluationTables.Percent(report.Classifiers[0].MacroAccuracy.Mean)} % balanced accuracy");
                reports.Add(report with { Features = title });
            }
        }
        EvaluationTables.WriteAccuracies(screen, reports);
        screen.Json(new { arguments.Data, Reports = reports });
    }

    private static string Title(EncoderStart start, double share, double wrong)
    {
        var parts = new List<string> { start.Description };
        if (share < 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} % of the labels"));
        if (wrong > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * wrong:0.#} % wrong"));
        return string.Join(", ", parts);
    }

    private static IReadOnlyList<LabelledSound> Changed(IReadOnlyList<LabelledSound> train, double share, double wrong, long seed) =>
        TrainingLabels.MakeWrong(TrainingLabels.Keep(train, share, seed), wrong, seed);

    private static string Accuracy(string of, ClassifierScore score) =>
        $"{of}: {EvaluationTables.Percent(score.BalancedAccuracy)} % balanced accuracy, {EvaluationTables.Percent(score.Accuracy)} % of the sounds";

    private static void WriteCurve(Screen screen, IReadOnlyList<DownstreamPoint> curve)
    {
        var every = (curve.Count + MostLines - 1) / MostLines;
        screen.Table(
            ["epoch", "loss", "learning rate", "validation, %"],
            curve.Where(p => p.Epoch % every == 0 || p.Epoch == curve.Count).Select(p => (IReadOnlyList<string>)
            [
                p.Epoch.ToString(CultureInfo.InvariantCulture),
                p.Loss.ToString("0.000", CultureInfo.InvariantCulture),
                p.LearningRate.ToString("0.#####", CultureInfo.InvariantCulture),
                p.ValidationAccuracy is { } accuracy ? EvaluationTables.Percent(accuracy) : "",
            ]));
    }
}
