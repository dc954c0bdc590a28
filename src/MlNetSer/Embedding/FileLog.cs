using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MlNetSer;

/// <summary>What is logged while many files are worked on.</summary>
internal static partial class FileLog
{
    /// <summary>Passes results on and logs the files that cannot be read, and in the end how many there were and how long it took.</summary>
    public static IEnumerable<SoundEmbedding> Watch(this ILogger logger, IEnumerable<SoundEmbedding> results)
    {
        var (files, unreadable, begun) = (0, 0, Stopwatch.GetTimestamp());
        foreach (var result in results)
        {
            files++;
            if (result.Error is { } error)
            {
                unreadable++;
                Unreadable(logger, result.Path, error);
            }
            yield return result;
        }
        Finished(logger, files, Stopwatch.GetElapsedTime(begun).TotalSeconds, unreadable);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Path} cannot be read: {Error}")]
    private static partial void Unreadable(ILogger logger, string path, string error);

    [LoggerMessage(2, LogLevel.Information, "{Files} sound files in {Seconds:0.0} s, {Unreadable} of them unreadable")]
    private static partial void Finished(ILogger logger, int files, double seconds, int unreadable);
}
