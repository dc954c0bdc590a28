using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Sound files of any length, in bounded memory.</summary>
internal static class LongRecording
{
    private const int LongestWholeSeconds = 120;
    private const int Step = 1 << 16;

    /// <summary>Reads a file whole, unless it is longer than two minutes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">The rate of the result in Hz.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The samples, to be disposed of after use, or null if there are too many.</returns>
    public static RentedSamples? ReadIfShort(string path, int sampleRate, CancellationToken cancellationToken)
    {
        var most = LongestWholeSeconds * sampleRate;
        using var reader = SoundFile.Open(path, sampleRate);
        if (reader.Frames > most) return null;
        // What a file declares may be false either way: only what was read counts.
        var samples = new RentedSamples((int)Math.Clamp(reader.Frames ?? Step, 0, most) + 1);
        try
        {
            while (samples.Length <= most)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var room = samples.Room();
                var read = reader.Read(room[..Math.Min(Step, room.Length)]);
                if (read == 0) return samples;
                samples.Length += read;
            }
        }
        catch
        {
            samples.Dispose();
            throw;
        }
        samples.Dispose();
        return null;
    }

    /// <summary>
    /// Reads a file in chunks of patches (<see cref="RecordingChunk.OfPatches"/>), after a first pass that measures it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The front end that the chunks are for.</param>
    /// <param name="patchesPerChunk">Patches that each chunk is for.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Each chunk, its samples, which are valid until the next one is asked for, and the whole recording's statistics.</returns>
    public static IEnumerable<(RecordingChunk Chunk, ReadOnlyMemory<float> Samples, ClipStatistics Whole)> ReadPatches(
        string path, LogMelSettings settings, int patchesPerChunk, CancellationToken cancellationToken)
    {
        var whole = Measure(path, settings.SampleRate, cancellationToken);
        var chunks = RecordingChunk.OfPatches(settings, whole.Samples, patchesPerChunk);
        foreach (var (chunk, samples) in Read(path, settings.SampleRate, chunks, c => (c.Start, c.Samples), cancellationToken))
            yield return (chunk, samples, whole);
    }

    /// <summary>Reads a file in stretches of patches at any hop (<see cref="PatchStretch"/>), after a first pass that measures it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The front end that the patches are for.</param>
    /// <param name="hopFrames">Frames from one patch to the next.</param>
    /// <param name="patchesPerRun">How many of the model's own patches a stretch is about as long as.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Each stretch, its samples, which are valid until the next one is asked for, and the whole recording's statistics.</returns>
    public static IEnumerable<(PatchStretch Stretch, ReadOnlyMemory<float> Samples, float[] Statistics)> ReadStretches(
        string path, LogMelSettings settings, int hopFrames, int patchesPerRun, CancellationToken cancellationToken)
    {
        var whole = Measure(path, settings.SampleRate, cancellationToken);
        var statistics = whole.ToArray();
        var stretches = PatchStretch.Of(settings, whole.Samples, hopFrames, patchesPerRun);
        foreach (var (stretch, samples) in Read(path, settings.SampleRate, stretches, s => (s.Start, s.Samples), cancellationToken))
            yield return (stretch, samples, statistics);
    }

    /// <summary>Reads parts of a file that may overlap but never begin before the one that they follow.</summary>
    private static IEnumerable<(T Part, ReadOnlyMemory<float> Samples)> Read<T>(
        string path, int sampleRate, IEnumerable<T> parts, Func<T, (long Start, int Samples)> range, CancellationToken cancellationToken)
    {
        using var reader = SoundFile.Open(path, sampleRate);
        float[] window = [];
        long start = 0;
        var held = 0;
        foreach (var part in parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (partStart, samples) = range(part);
            var passed = (int)(partStart - start);
            window.AsSpan(passed, held - passed).CopyTo(window);
            held -= passed;
            start = partStart;
            if (window.Length < samples) Array.Resize(ref window, samples);
            if (held < samples) held += reader.Read(window.AsSpan(held, samples - held));
            if (held < samples) throw new SoundFileException(path, "became shorter while it was read; read it again once it is finished");
            yield return (part, window.AsMemory(0, samples));
        }
    }

    private static ClipStatistics Measure(string path, int sampleRate, CancellationToken cancellationToken)
    {
        using var reader = SoundFile.Open(path, sampleRate);
        var statistics = new ClipStatistics();
        var block = new float[Step];
        for (var read = -1; read != 0; statistics.Add(block.AsSpan(0, read)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            read = reader.Read(block);
        }
        return statistics;
    }
}
