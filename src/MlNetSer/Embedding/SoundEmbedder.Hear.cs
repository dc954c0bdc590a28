namespace MlNetSer;

public sealed partial class SoundEmbedder
{
    /// <summary>
    /// One embedding for each sound as a whole, by the name that the HEAR benchmark gave it; several sounds are worked on at once.
    /// </summary>
    /// <param name="sounds">Waveforms as for <see cref="Embed(ReadOnlySpan{float}, CancellationToken)"/>, of any lengths.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One embedding per sound, in their order.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public float[][] GetSceneEmbeddings(IReadOnlyList<ReadOnlyMemory<float>> sounds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        var embeddings = new float[sounds.Count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.For(0, sounds.Count, parallel, i => embeddings[i] = Embed(sounds[i].Span, cancellationToken));
        return embeddings;
    }

    /// <summary>Embeddings over time, by the name that the HEAR benchmark gave it: of patches at a hop of your choice.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="hopMilliseconds">
    /// From one patch to the next, rounded to whole frames of 10 ms; the work grows with its inverse. The model's own hop, that of
    /// <see cref="EmbedPatches"/>, is about 500.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>In order of time. The last patch ends with the sound, so it may follow the one before it sooner than the hop says.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The hop is not above 0.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public IReadOnlyList<TimestampEmbedding> GetTimestampEmbeddings(
        ReadOnlySpan<float> waveform, double hopMilliseconds = 500, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopMilliseconds);
        var logMel = Info.LogMel;
        long[] starts = [.. PatchTimes.Starts(logMel, waveform.Length, PatchTimes.Frames(logMel, hopMilliseconds))];
        var vectors = _model.PatchesAt(waveform, starts, cancellationToken);
        return [.. starts.Zip(vectors, (start, vector) => new TimestampEmbedding(PatchTimes.Centre(logMel, start), vector))];
    }
}
