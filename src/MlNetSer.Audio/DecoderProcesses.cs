using System.Diagnostics;

namespace MlNetSer.Audio;

/// <summary>
/// Decoding in processes of its own. Formats other than WAV are decoded by libsndfile, code in C, and a file that crashes it takes the
/// process with it. An application that reads files from anywhere can be started a second time to do that part: what crashes there, or
/// takes more than a minute, is one file that cannot be read (<see cref="SoundFileException"/>), and all else goes on.
/// </summary>
/// <remarks>All members are thread-safe. WAV, and sounds that lie in memory, are read in this process all the same.</remarks>
public static class DecoderProcesses
{
    /// <summary>From here on, sound files that libsndfile has to decode are decoded in other processes: one for each that is read at a time.</summary>
    /// <param name="start">How to start such a process: one that calls <see cref="Serve"/> first of all. Its standard streams are redirected.</param>
    public static void Use(Func<ProcessStartInfo> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        DecoderProcess.Start = start;
    }

    /// <summary>Decodes for the process that started this one, until it needs no more or is gone. Nothing else may use the standard streams.</summary>
    public static void Serve() => DecoderWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
}
