using System.CommandLine;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>demo</c>: the command line of <see cref="DemoRun"/>.</summary>
internal static class DemoVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder for everything that is made.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "demo",
        };
        var data = new Option<string?>("--data", "-d")
        {
            Description = "Labelled sounds of yours to compare the encoders on as well. [default: ESC-10 if it is in ../shared]",
            HelpName = "FOLDER|CSV",
        };
        var encoder = new Option<string>("--encoder") { Description = "The encoder's architecture.", DefaultValueFactory = _ => "vgg" };
        encoder.AcceptOnlyFromAmong([.. SoundEncoders.Names]);
        var epochs = Numbers.Option("--epochs", "Epochs of pretraining.", DemoRun.DefaultEpochs, least: 1);
        var clips = Numbers.Option("--clips", "Clips of each class.", DemoRun.DefaultClips, least: 5);
        var seed = Numbers.Option("--seed", "Another seed gives other sounds and another encoder.", 1L, least: 0);
        var verb = new VerbCommand(
            "demo",
            "Shows everything at once, without any data, in a few minutes: synthesises sounds, pretrains an encoder on them without labels, "
                + "exports it, trains an ML.NET classifier with it, compares.",
            "demo",
            "demo --data esc10.csv --out demo")
        {
            output, data, encoder, epochs, clips, seed,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(DemoRun.Run(
            new(parsed.GetRequiredValue(output), parsed.GetValue(data), parsed.GetRequiredValue(encoder), parsed.GetValue(epochs),
                parsed.GetValue(clips), parsed.GetValue(seed)),
            screen,
            cancellation)));
        return verb;
    }
}
