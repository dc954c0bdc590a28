using System.Buffers;
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
    /// <returns>The samples, or null if there are too many.</returns>
    public static ReadOnlyMemory<float>? ReadIfShort(string path, int sampleRate, CancellationToken cancellationToken)
    {
        var most = LongestWholeSeconds * sampleRate;
        using var reader = SoundFile.Open(path, sampleRate);
        if (reader.Frames > most) return null;
        // What a file declares may be false either way: only what was read counts.
        var samples = new ArrayBufferWriter<float>();
        while (samples.WrittenCount <= most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = reader.Read(samples.GetSpan(Step)[..Step]);
            if (read == 0) return samples.WrittenMemory;
            samples.Advance(read);
        }
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
    public static IEnumerable<(RecordingChunk Chunk, ReadOnlyMemory<float> Samples, float[] Statistics)> ReadPatches(
        string path, LogMelSettings settings, int patchesPerChunk, CancellationToken cancellationToken)
    {
        var whole = Measure(path, settings.SampleRate, cancellationToken);
        var statistics = whole.ToArray();
        using var reader = SoundFile.Open(path, settings.SampleRate);
        float[] window = [];
        long start = 0;
        var held = 0;
        foreach (var chunk in RecordingChunk.OfPatches(settings, whole.Samples, patchesPerChunk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var passed = (int)(chunk.Start - start);
            window.AsSpan(passed, held - passed).CopyTo(window);
            held -= passed;
            start = chunk.Start;
            if (window.Length < chunk.Samples) Array.Resize(ref window, chunk.Samples);
            held += reader.Read(window.AsSpan(held, chunk.Samples - held));
            if (held < chunk.Samples) throw new SoundFileException(path, "became shorter while it was read; read it again once it is finished");
            yield return (chunk, window.AsMemory(0, held), statistics);
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
