using System.CommandLine;
using System.Globalization;

namespace MlNetSer.Cli;

/// <summary><c>predict</c>: the labels that a classifier gives to sounds.</summary>
internal static class PredictVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var model = new Option<string>("--model", "-m") { Description = "The classifier, an ONNX file that finetune wrote.", HelpName = "ONNX", Required = true };
        var data = SoundArguments.Data("Folders of sounds, CSV files that list sounds, or sound files.");
        var output = new Option<string?>("--out", "-o")
        {
            Description = "A CSV file (path, label, score) to write instead of showing a table.",
            HelpName = "CSV",
        };
        var verb = new VerbCommand(
            "predict",
            "Predicts the label of each sound, with its probability.",
            "predict --model classifier.onnx --data recordings",
            "predict --model classifier.onnx --data recordings --out predictions.csv")
        {
            model, data, output,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetValue(output)), screen, cancellation)));
        return verb;
    }

    internal sealed record Arguments(string Model, IReadOnlyList<string> Data, string? Output);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        using var predictor = new SoundPredictor(arguments.Model);
        string[] paths = [.. SoundArguments.Read(arguments.Data).Select(s => s.Path)];
        var rows = new List<IReadOnlyList<string>>();
        var unreadable = new List<UnreadableSound>();
        screen.Progress("Predicting", progress =>
        {
            var counting = new Counting(progress, paths.Length);
            foreach (var (path, prediction, error) in predictor.PredictFiles(paths, cancellationToken: cancellation))
            {
                if (prediction is null) unreadable.Add(new(path, error!));
                else rows.Add([path, prediction.Label, prediction.Score.ToString("0.000", CultureInfo.InvariantCulture)]);
                counting.Report(rows.Count + unreadable.Count);
            }
        });
        SkippedSounds.Report(screen, unreadable, paths.Length);
        string[] header = ["path", "label", "score"];
        if (arguments.Output is { } file)
        {
            CsvPredictions.Write(file, header, rows);
            screen.Line($"{rows.Count} predictions: {file}");
            return Tool.Success;
        }
        screen.Table(header, rows);
        return Tool.Success;
    }
}
