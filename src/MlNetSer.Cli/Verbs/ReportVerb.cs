using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>report</c>: the command line of <see cref="ReportRun"/>.</summary>
internal static class ReportVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a pretraining run, finished or not." };
        var data = new Option<string?>("--data", "-d")
        {
            Description = "Labelled sounds, as for evaluate, for accuracies, a confusion matrix and a coloured map. [default: the run's own sounds, without labels]",
            HelpName = "FOLDER|CSV",
        };
        var clips = Numbers.Option("--clips", "The most clips on the map, each with two seconds to listen to, which take 30 kB.", 200, least: 3);
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The page that is written. [default: report.html in the run's folder]",
            HelpName = "HTML",
        };
        var verb = new VerbCommand(
            "report",
            "Writes everything about a run on one HTML page: curves, results, a map of embeddings to listen to, views, settings, hardware, times.",
            "report run --data esc10.csv",
            "report run --out report.html")
        {
            run, data, clips, output,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(run);
            var arguments = new ReportArguments(folder, parsed.GetValue(output) ?? Path.Combine(folder, "report.html"))
            {
                Data = parsed.GetValue(data),
                Clips = parsed.GetValue(clips),
            };
            return Task.FromResult(new ReportRun(arguments, screen, cancellation).Run());
        });
        return verb;
    }
}
