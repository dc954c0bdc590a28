using MlNetSer.Audio;

namespace MlNetSer;

public sealed partial class SoundEmbedder
{
    /// <summary>Reads a sound file and embeds it. A recording of more than two minutes is read twice and never lies in memory whole.</summary>
    /// <param name="path">The file, in any format and at any rate that <see cref="SoundFile"/> reads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The clip's embedding, as <see cref="Embed(ReadOnlySpan{float}, CancellationToken)"/> gives it: <see cref="EmbeddingSize"/> values.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SoundFileException">It is no sound file, or one that cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public float[] EmbedFile(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _model.ClipOf(path, cancellationToken);
    }

    /// <summary>Reads a sound file and embeds it patch by patch, as <see cref="EmbedPatches"/> does.</summary>
    /// <param name="path">The file, in any format and at any rate that <see cref="SoundFile"/> reads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One embedding per patch in order of time.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SoundFileException">It is no sound file, or one that cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public float[][] EmbedFilePatches(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _model.PatchesOf(path, cancellationToken);
    }

    /// <summary>Embeds a sound file and says how long it is, with its patches and their times if asked for.</summary>
    internal RecordingEmbedding EmbedRecording(string path, bool withPatches, CancellationToken cancellationToken)
    {
        var (samples, clip, patches) = _model.RecordingOf(path, withPatches, cancellationToken);
        var starts = PatchTimes.Starts(Info.LogMel, samples, Info.LogMel.PatchHop);
        return new((double)samples / SampleRate, clip, patches is null
            ? null
            : [.. starts.Zip(patches, (start, vector) => new TimestampEmbedding(PatchTimes.Centre(Info.LogMel, start), vector))]);
    }

    /// <summary>
    /// Embeds many files on several threads. Results come in the order of <paramref name="paths"/>, a few files ahead of the caller, so
    /// that memory stays flat however many there are. A file that cannot be read gives a result with an error.
    /// </summary>
    /// <param name="paths">Sound files.</param>
    /// <param name="threads">How many files to work on at once; 0 for the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One result per file, computed while the caller asks for them.</returns>
    /// <exception cref="OperationCanceledException">While results are asked for: the work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">While results are asked for: the embedder was disposed of.</exception>
    public IEnumerable<SoundEmbedding> EmbedFiles(
        IReadOnlyList<string> paths, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Logger.Watch(FileFeatures.Compute(paths, EmbedFile, threads, cancellationToken));
    }
}
