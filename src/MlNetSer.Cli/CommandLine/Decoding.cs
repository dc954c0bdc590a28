using System.Diagnostics;
using MlNetSer.Audio;

namespace MlNetSer.Cli;

/// <summary>Sounds that libsndfile has to decode are decoded in processes of their own: what crashes it is one file that cannot be read.</summary>
internal static class Decoding
{
    private const string Verb = "--decode";

    /// <summary>Whether this process was started by another one of the tool, to decode.</summary>
    public static bool IsWorker(string[] arguments) => arguments is [Verb];

    /// <summary>Decodes until nothing is asked for any more.</summary>
    public static int Work()
    {
        DecoderProcesses.Serve();
        return Tool.Success;
    }

    /// <summary>From here on, sounds are not decoded by libsndfile in this process.</summary>
    public static void MoveOut() => DecoderProcesses.Use(Start);

    /// <summary>How to start the worker by a program: the tool itself, or what runs its assembly.</summary>
    public static ProcessStartInfo StartInfo(string program) =>
        // Started as 'dotnet MlNetSer.Cli.dll', or by its own name.
        Path.GetFileNameWithoutExtension(program) == "dotnet" ? new(program, [typeof(Decoding).Assembly.Location, Verb]) : new(program, [Verb]);

    private static ProcessStartInfo Start() =>
        StartInfo(Environment.ProcessPath ?? throw new Failure("The path of this program is not known, so that it cannot be started to decode sounds."));
}
