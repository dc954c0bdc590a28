using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// A sound model seen through one of its outputs, of which there is a vector per patch and one per clip: embeddings, or class
/// probabilities. Thread-safe; disposing of it waits for the calls under way.
/// </summary>
/// <param name="file">The model.</param>
/// <param name="clipOutput">float32 [1, size].</param>
/// <param name="patchOutput">float32 [P, size].</param>
/// <param name="size">Length of a vector.</param>
/// <param name="pooling">How the model makes a clip's vector of those of its patches.</param>
internal sealed class PatchModel(SoundModelFile file, string clipOutput, string patchOutput, int size, ClipPooling pooling) : IDisposable
{
    /// <summary>Patches in one run of the session: enough to keep a core busy, few enough that their activations stay small.</summary>
    internal const int PatchesPerRun = 32;

    private readonly SoundSession _session = file.Open();

    public SoundModelInfo Info { get; } = file.Info;

    public int Size => size;

    /// <summary>The vector of a clip of any length, into <paramref name="destination"/>.</summary>
    public void Clip(ReadOnlySpan<float> waveform, Span<float> destination, CancellationToken cancellation)
    {
        if (Info.LogMel.PatchCount(waveform.Length) <= PatchesPerRun)
        {
            _session.Run(waveform, [], clipOutput, Floats, cancellation).CopyTo(destination);
            return;
        }
        var statistics = Measure(waveform);
        var pool = new PatchPool(pooling, size);
        foreach (var chunk in RecordingChunk.OfPatches(Info.LogMel, waveform.Length, PatchesPerRun))
            pool.Add(Run(waveform.Slice((int)chunk.Start, chunk.Samples), statistics, chunk, cancellation));
        pool.Write(destination);
    }

    /// <summary>A vector per patch.</summary>
    public float[][] Patches(ReadOnlySpan<float> waveform, CancellationToken cancellation)
    {
        var statistics = Measure(waveform);
        var patches = new List<float[]>((int)Info.LogMel.PatchCount(waveform.Length));
        foreach (var chunk in RecordingChunk.OfPatches(Info.LogMel, waveform.Length, PatchesPerRun))
            Split(Run(waveform.Slice((int)chunk.Start, chunk.Samples), statistics, chunk, cancellation), patches);
        return [.. patches];
    }

    /// <summary>A vector for each patch that begins at one of these frames, wherever they lie.</summary>
    /// <param name="waveform">The whole recording.</param>
    /// <param name="starts">First frames of patches that lie within the recording.</param>
    /// <param name="cancellation">Stops the work.</param>
    public float[][] PatchesAt(ReadOnlySpan<float> waveform, IReadOnlyList<long> starts, CancellationToken cancellation) =>
        PatchesAt(waveform, Measure(waveform), PatchStretch.Whole(waveform.Length, starts), cancellation);

    /// <summary>A vector for each patch every <paramref name="hopFrames"/> frames of a sound file, which never lies in memory whole.</summary>
    /// <returns>Each patch's first frame and vector, and the samples of the whole recording, computed while the caller asks for them.</returns>
    public IEnumerable<(long Start, float[] Vector, long Samples)> PatchesAtOf(string path, int hopFrames, CancellationToken cancellationToken)
    {
        foreach (var (stretch, samples, statistics) in LongRecording.ReadStretches(path, Info.LogMel, hopFrames, PatchesPerRun, cancellationToken))
        {
            foreach (var (start, vector) in stretch.Patches.Zip(PatchesAt(samples.Span, statistics, stretch, cancellationToken)))
                yield return (start, vector, stretch.Recording);
        }
    }

    /// <summary>As <see cref="Clip"/>, from a sound file; a long recording never lies in memory whole.</summary>
    public float[] ClipOf(string path, CancellationToken cancellationToken) => RecordingOf(path, withPatches: false, cancellationToken).Clip;

    /// <summary>Everything about a sound file in one go: samples at the model's rate, the clip's vector and, if asked for, those of its patches.</summary>
    public (long Samples, float[] Clip, float[][]? Patches) RecordingOf(string path, bool withPatches, CancellationToken cancellationToken)
    {
        using var waveform = LongRecording.ReadIfShort(path, Info.LogMel.SampleRate, cancellationToken);
        if (waveform is not null)
        {
            var (clip, all) = withPatches ? ClipAndPatches(waveform.Span, cancellationToken) : (new float[size], null);
            if (!withPatches) Clip(waveform.Span, clip, cancellationToken);
            return (waveform.Length, clip, all);
        }
        var pool = new PatchPool(pooling, size);
        var patches = withPatches ? new List<float[]>() : null;
        var samplesInAll = 0L;
        foreach (var (chunk, samples, whole) in LongRecording.ReadPatches(path, Info.LogMel, PatchesPerRun, cancellationToken))
        {
            var vectors = Run(samples.Span, whole.ToArray(), chunk, cancellationToken);
            pool.Add(vectors);
            if (patches is not null) Split(vectors, patches);
            samplesInAll = whole.Samples;
        }
        var vector = new float[size];
        pool.Write(vector);
        return (samplesInAll, vector, patches?.ToArray());
    }

    /// <summary>As <see cref="Patches"/>, from a sound file; a long recording never lies in memory whole.</summary>
    public float[][] PatchesOf(string path, CancellationToken cancellationToken)
    {
        using var waveform = LongRecording.ReadIfShort(path, Info.LogMel.SampleRate, cancellationToken);
        if (waveform is not null) return Patches(waveform.Span, cancellationToken);
        var patches = new List<float[]>();
        foreach (var (chunk, samples, whole) in LongRecording.ReadPatches(path, Info.LogMel, PatchesPerRun, cancellationToken))
            Split(Run(samples.Span, whole.ToArray(), chunk, cancellationToken), patches);
        return [.. patches];
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The same values as <see cref="Clip"/> and <see cref="Patches"/> give, for the price of one of them.</summary>
    private (float[] Clip, float[][] Patches) ClipAndPatches(ReadOnlySpan<float> waveform, CancellationToken cancellation)
    {
        if (Info.LogMel.PatchCount(waveform.Length) <= PatchesPerRun)
        {
            return _session.Run(waveform, [], [clipOutput, patchOutput], outputs =>
            {
                var few = new List<float[]>();
                Split(Floats(outputs[1]), few);
                return (Floats(outputs[0]), few.ToArray());
            }, cancellation);
        }
        var patches = Patches(waveform, cancellation);
        var pool = new PatchPool(pooling, size);
        foreach (var patch in patches) pool.Add(patch);
        var clip = new float[size];
        pool.Write(clip);
        return (clip, patches);
    }

    private static float[] Measure(ReadOnlySpan<float> waveform)
    {
        var statistics = new ClipStatistics();
        statistics.Add(waveform);
        return statistics.ToArray();
    }

    private float[] Floats(OrtValue tensor)
    {
        // A model with weights of another one may open all the same.
        if (tensor.GetTensorTypeAndShape().Shape[^1] is var found && found != size)
            throw new SoundModelException($"model '{Info.Name}' gives vectors of {found} values, and says that they have {size}: its weights are not its own");
        return tensor.GetTensorDataAsSpan<float>().ToArray();
    }

    private void Split(ReadOnlySpan<float> vectors, List<float[]> patches)
    {
        for (var at = 0; at < vectors.Length; at += size) patches.Add([.. vectors.Slice(at, size)]);
    }

    private float[][] PatchesAt(ReadOnlySpan<float> samples, float[] statistics, PatchStretch stretch, CancellationToken cancellation)
    {
        var starts = stretch.Patches;
        var patches = new float[starts.Count][];
        // Below the minimum length the model repeats the clip, and there is but one patch.
        if (stretch.Recording < Info.LogMel.MinimumSamples)
        {
            Array.Fill(patches, Patches(samples, cancellation)[0]);
            return patches;
        }
        var hop = Info.LogMel.PatchHop;
        // The model cuts patches at its own hop, so those that are a multiple of it apart come out of one run.
        foreach (var aligned in Enumerable.Range(0, patches.Length).GroupBy(i => starts[i] % hop))
        {
            var waiting = new Queue<int>(aligned.OrderBy(i => starts[i]));
            while (waiting.TryPeek(out var first))
            {
                var run = new List<int>();
                while (waiting.TryPeek(out var next) && starts[next] < starts[first] + ((long)PatchesPerRun * hop)) run.Add(waiting.Dequeue());
                var count = (int)((starts[run[^1]] - starts[first]) / hop) + 1;
                var vectors = RunAt(samples, statistics, stretch, starts[first], count, cancellation);
                foreach (var i in run) patches[i] = [.. vectors.Slice((int)((starts[i] - starts[first]) / hop) * size, size)];
            }
        }
        return patches;
    }

    /// <summary>The vectors of patches from a frame on, each the model's hop after the one before.</summary>
    private ReadOnlySpan<float> RunAt(
        ReadOnlySpan<float> samples, float[] statistics, PatchStretch stretch, long frame, int count, CancellationToken cancellation)
    {
        var logMel = Info.LogMel;
        var (start, reach) = ((int)((frame * logMel.HopSize) - stretch.Start), logMel.WindowSize / 2);
        var lastFrame = frame + ((count - 1) * logMel.PatchHop) + logMel.PatchFrames - 1;
        var end = (int)(Math.Min(stretch.Recording, (lastFrame * logMel.HopSize) + reach) - stretch.Start);
        // One hop more at the beginning, whose patch is thrown away: there the model mirrors, which it must only do at the recording's ends.
        var lead = logMel.PatchHop * logMel.HopSize;
        var padded = new float[lead + end - start];
        samples[start..end].CopyTo(padded.AsSpan(lead));
        for (var i = 1; i <= reach; i++) padded[lead - i] = samples[Math.Abs(start - i)];
        return _session.Run(padded, statistics, patchOutput, Floats, cancellation).AsSpan(size, count * size);
    }

    /// <summary>The vectors of the patches that the chunk stands for, one after the other.</summary>
    private ReadOnlySpan<float> Run(ReadOnlySpan<float> samples, float[] statistics, RecordingChunk chunk, CancellationToken cancellation) =>
        _session.Run(samples, statistics, patchOutput, Floats, cancellation).AsSpan(chunk.Skip * size, chunk.Take * size);
}
