using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary>The option by which trainings are told to write event files.</summary>
internal static class EventFolder
{
    public static Option<string?> Option() => new("--tensorboard")
    {
        Description = "Writes event files there, for TensorBoard to draw while it trains: tensorboard --logdir FOLDER.",
        HelpName = "FOLDER",
    };
}
