using System.CommandLine;
using System.Globalization;

namespace MlNetSer.Cli;

/// <summary><c>predict</c>: the labels that a classifier gives to sounds.</summary>
internal static class PredictVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var files = new Argument<string[]>("SOUNDS") { Description = "The same as --data.", Arity = ArgumentArity.ZeroOrMore };
        var model = new Option<string>("--model", "-m") { Description = "The classifier, an ONNX file that finetune wrote.", HelpName = "ONNX", Required = true };
        var data = SoundArguments.Data("Folders of sounds, CSV files that list sounds, or sound files.", required: false);
        var output = new Option<string?>("--out", "-o")
        {
            Description = "A CSV file to write: path, label, score instead of a table; with --timeline path, onset, offset, label, score.",
            HelpName = "CSV",
        };
        var timeline = new Option<bool>("--timeline") { Description = "Predicts over time: a chart of probabilities, and the events in each recording." };
        var options = new TimelineOptions();
        var verb = new VerbCommand(
            "predict",
            "Predicts the label of each sound, with its probability, or the sound events in long recordings.",
            "predict --model classifier.onnx --data recordings",
            "predict --model classifier.onnx --data recordings --out predictions.csv",
            "predict --model classifier.onnx --timeline day.wav --out events.csv --audacity day.txt --png day.png",
            "predict --model classifier.onnx --timeline --hop 100 --threshold 0.7 --min-duration 200 recordings --audacity labels")
        {
            files, model, data, output, timeline,
        };
        foreach (var option in options.All) verb.Add(option);
        verb.Validators.Add(result =>
        {
            if (result.GetResult(data) is null && result.GetValue(files) is not { Length: > 0 }) result.AddError("No sounds are named");
            if (!result.GetValue(timeline) && options.All.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } option)
                result.AddError($"{option.Name} goes with --timeline");
        });
        verb.SetAction((parsed, cancellation) =>
        {
            string[] sounds = [.. parsed.GetValue(files) ?? [], .. parsed.GetValue(data) ?? []];
            var arguments = new Arguments(parsed.GetRequiredValue(model), sounds, parsed.GetValue(output));
            return Task.FromResult(parsed.GetValue(timeline)
                ? new TimelineRun(options.Read(parsed, new(arguments.Model, sounds) { EventsFile = arguments.Output }), screen, cancellation).Run()
                : Run(arguments, screen, cancellation));
        });
        return verb;
    }

    internal sealed record Arguments(string Model, IReadOnlyList<string> Data, string? Output);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        if (arguments.Output is { } output) AtomicFile.Require(output);
        using var predictor = new SoundPredictor(arguments.Model);
        string[] paths = [.. SoundArguments.Read(arguments.Data).Select(s => s.Path)];
        var predictions = new List<(string Path, string Label, float Score)>();
        var unreadable = new List<UnreadableSound>();
        screen.Progress("Predicting", progress =>
        {
            var counting = new Counting(progress, paths.Length);
            foreach (var (path, prediction, error) in predictor.PredictFiles(paths, cancellationToken: cancellation))
            {
                if (prediction is null) unreadable.Add(new(path, error!));
                else predictions.Add((path, prediction.Label, prediction.Score));
                counting.Report(predictions.Count + unreadable.Count);
            }
        });
        SkippedSounds.Report(screen, unreadable, paths.Length);
        screen.Json(predictions.Select(p => new { p.Path, p.Label, p.Score }));
        var rows = predictions.Select(p => (IReadOnlyList<string>)[p.Path, p.Label, p.Score.ToString("0.000", CultureInfo.InvariantCulture)]);
        string[] header = ["path", "label", "score"];
        if (arguments.Output is { } file)
        {
            CsvRows.Write(file, header, rows);
            screen.Line($"{predictions.Count} predictions: {file}");
            return Tool.Success;
        }
        screen.Table(header, rows);
        return Tool.Success;
    }

    /// <summary>What is of use with --timeline only.</summary>
    private sealed class TimelineOptions
    {
        private static readonly SoundEventOptions Defaults = new();

        private readonly Option<double> _hop = Numbers.Option("--hop", "Milliseconds from one prediction to the next, 10 or more.", 500.0, least: 10);
        private readonly Option<float> _threshold = Numbers.Option("--threshold", "The least probability within an event, from 0.01 to 1.", Defaults.Threshold, least: 0.01f);
        private readonly Option<double> _merge = Numbers.Option("--merge", "Events of a label that are at most so many milliseconds apart are one.", 1000 * Defaults.MergeSeconds, least: 0);
        private readonly Option<double> _minimum = Numbers.Option("--min-duration", "Shorter events are left out, in milliseconds.", 1000 * Defaults.MinimumSeconds, least: 0);
        private readonly Option<string?> _audacity = Place("--audacity", "Writes label tracks that Audacity imports: one .txt file, or a folder of them.", "TXT|FOLDER");
        private readonly Option<string?> _png = Place("--png", "Writes charts: one .png file, or a folder of them.", "PNG|FOLDER");
        private readonly Option<string?> _probabilities = Place("--probabilities", "Writes all probabilities: path, onset, offset, and a column per label.", "CSV");

        public IEnumerable<Option> All => [_hop, _threshold, _merge, _minimum, _audacity, _png, _probabilities];

        public TimelineArguments Read(ParseResult parsed, TimelineArguments arguments) => arguments with
        {
            HopMilliseconds = parsed.GetValue(_hop),
            Events = new()
            {
                Threshold = parsed.GetValue(_threshold),
                MergeSeconds = parsed.GetValue(_merge) / 1000,
                MinimumSeconds = parsed.GetValue(_minimum) / 1000,
            },
            Audacity = parsed.GetValue(_audacity),
            Png = parsed.GetValue(_png),
            ProbabilitiesFile = parsed.GetValue(_probabilities),
        };

        private static Option<string?> Place(string name, string description, string value) => new(name) { Description = description, HelpName = value };
    }
}
