
namespace MlNetSer;

/// <summary>Vectors of many sound files by several threads.</summary>
internal static class FileFeatures
{
    /// <summary>Maps each file to a vector, or to the reason why it cannot be read.</summary>
    /// <param name="paths">Sound files.</param>
    /// <param name="compute">From a file to its vector; called by several threads at once.</param>
    /// <param name="threads">How many files to work on at once; 0 for the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One result per file in their order, computed a few files ahead of the caller.</returns>
    public static IEnumerable<SoundEmbedding> Compute(
        IReadOnlyList<string> paths, Func<string, CancellationToken, float[]> compute, int threads, CancellationToken cancellationToken)
    {
        return OrderedReadAhead.Select(paths, Explain, threads == 0 ? Environment.ProcessorCount : threads, cancellationToken);

        SoundEmbedding Explain(string path, CancellationToken stop)
        {
            try
            {
                return new(path, compute(path, stop), null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new(path, null, e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
            }
        }
    }
}
