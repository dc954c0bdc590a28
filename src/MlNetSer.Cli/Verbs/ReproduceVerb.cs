using System.CommandLine;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>reproduce</c>: the command line of <see cref="Reproduction"/>.</summary>
internal static class ReproduceVerb
{
    private const string FsdNoisy18kKey = "fsdnoisy18k";

    public static VerbCommand Create(Screen screen)
    {
        var dataset = new Argument<string>("DATASET") { Description = "The data set of the paper." };
        dataset.AcceptOnlyFromAmong(FsdNoisy18kKey);
        var data = new Option<string>("--data", "-d")
        {
            Description = "Its folder, as download makes it.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "FSDnoisy18k",
        };
        var settings = new SettingOptions();
        var downstream = Numbers.Option("--downstream-epochs", "Epochs of each classifier's training.", new DownstreamSettings().Epochs, least: 1);
        var folder = new Option<string>("--out", "-o")
        {
            Description = "The folder of all stages. Finished ones are not repeated, an interrupted pretraining goes on.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "reproduction",
        };
        var verb = new VerbCommand(
            "reproduce",
            "Repeats the paper's experiment: pretraining, kNN, linear evaluation, fine-tuning on both tasks, both from scratch; one table. The "
            + "settings are the paper's where none are given.",
            "reproduce fsdnoisy18k --data FSDnoisy18k --encoder resnet18",
            "reproduce fsdnoisy18k --data FSDnoisy18k --encoder vgg --epochs 20 --downstream-epochs 10 --out quick")
        {
            dataset, data, downstream, folder,
        };
        foreach (var option in settings.All) verb.Add(option);
        verb.SetAction((parsed, cancellation) =>
        {
            var place = parsed.GetRequiredValue(data);
            if (Directory.Exists(place) && SoundDataset.TryRead(place)?.Name == "FSDnoisy18k")
            {
                var arguments = new ReproduceArguments(
                    place, settings.Read(parsed), parsed.GetValue(downstream), parsed.GetRequiredValue(folder));
                return Task.FromResult(new Reproduction(arguments, screen, cancellation).Run());
            }
            throw new Failure($"{place} does not hold FSDnoisy18k: fetch it by '{Tool.Name} download {FsdNoisy18kKey}', or say by --data where it is.");
        });
        return verb;
    }
}
