namespace MlNetSer.Onnx;

/// <summary>
/// A piece of a long recording that is run by itself, with enough sound around it that the wanted patches (or frames) come out as if the
/// whole recording had been run at once. Feed <see cref="ClipStatistics"/> of the whole recording along with it. Immutable.
/// </summary>
/// <param name="Start">The chunk's first sample in the recording.</param>
/// <param name="Samples">Samples in the chunk.</param>
/// <param name="Skip">Patches (or frames) at the beginning of the chunk's result to throw away: the chunk before gives them.</param>
/// <param name="Take">Patches (or frames) to keep after those; what follows is thrown away as well.</param>
public readonly record struct RecordingChunk(long Start, int Samples, int Skip, int Take)
{
    /// <summary>
    /// Chunks whose kept patches, one after the other, are the patches of the whole recording. Recordings of up to
    /// <paramref name="patchesPerChunk"/> patches are one chunk.
    /// </summary>
    /// <param name="settings">The front end's settings.</param>
    /// <param name="samples">Samples of the recording.</param>
    /// <param name="patchesPerChunk">Patches to keep of each chunk; memory grows with it, and overlap costs about two patches a chunk.</param>
    public static IEnumerable<RecordingChunk> OfPatches(LogMelSettings settings, long samples, int patchesPerChunk)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patchesPerChunk);
        return Split(settings, samples, settings.PatchCount(samples), settings.PatchHop, settings.PatchFrames, patchesPerChunk);
    }

    /// <summary>Chunks whose kept frames, one after the other, are the log-mel spectrogram of the whole recording.</summary>
    /// <param name="settings">The front end's settings.</param>
    /// <param name="samples">Samples of the recording.</param>
    /// <param name="framesPerChunk">Frames to keep of each chunk.</param>
    public static IEnumerable<RecordingChunk> OfFrames(LogMelSettings settings, long samples, int framesPerChunk)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerChunk);
        return Split(settings, samples, settings.FrameCount(samples), 1, 1, framesPerChunk);
    }

    /// <summary>Cuts a recording into units of some frames each (a patch, or one frame) that begin every <paramref name="hop"/> frames.</summary>
    private static IEnumerable<RecordingChunk> Split(LogMelSettings settings, long samples, long units, int hop, int frames, int perChunk)
    {
        var unitSamples = (long)hop * settings.HopSize;
        // A frame reaches half a window to both sides; nearer to a chunk's end the mirror would show in it.
        var reach = settings.WindowSize / 2;
        for (long first = 0; first < units; first += perChunk)
        {
            var end = Math.Min(first + perChunk, units);
            var lastSample = end == units ? samples : Math.Min(samples, ((((end - 1) * hop) + frames - 1) * settings.HopSize) + reach);
            // A chunk below the minimum length would be repeated, so it begins as much earlier as it takes.
            var latestStart = Math.Min((first * unitSamples) - reach, lastSample - settings.MinimumSamples);
            var startUnit = first == 0 ? 0 : Math.Max(0, latestStart / unitSamples);
            var start = startUnit * unitSamples;
            yield return new(start, checked((int)(lastSample - start)), checked((int)(first - startUnit)), (int)(end - first));
        }
    }
}
