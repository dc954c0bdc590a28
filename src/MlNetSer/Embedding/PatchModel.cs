using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// A sound model seen through one of its outputs, of which there is a vector per patch and their mean per clip: embeddings, or class
/// probabilities. Thread-safe; disposing of it waits for the calls under way.
/// </summary>
/// <param name="file">The model.</param>
/// <param name="clipOutput">float32 [1, size].</param>
/// <param name="patchOutput">float32 [P, size].</param>
/// <param name="size">Length of a vector.</param>
internal sealed class PatchModel(SoundModelFile file, string clipOutput, string patchOutput, int size) : IDisposable
{
    /// <summary>Patches in one run of the session: enough to keep a core busy, few enough that their activations stay small.</summary>
    internal const int PatchesPerRun = 32;

    private readonly SoundSession _session = file.Open();

    public SoundModelInfo Info { get; } = file.Info;

    public int Size => size;

    /// <summary>The mean over the patches of a clip of any length, into <paramref name="destination"/>.</summary>
    public void Clip(ReadOnlySpan<float> waveform, Span<float> destination)
    {
        if (Info.LogMel.PatchCount(waveform.Length) <= PatchesPerRun)
        {
            _session.Run(waveform, [], clipOutput, Floats).CopyTo(destination);
            return;
        }
        var statistics = Measure(waveform);
        var mean = new PatchMean(size);
        foreach (var chunk in RecordingChunk.OfPatches(Info.LogMel, waveform.Length, PatchesPerRun))
            mean.Add(Run(waveform.Slice((int)chunk.Start, chunk.Samples), statistics, chunk));
        mean.Write(destination);
    }

    /// <summary>A vector per patch.</summary>
    public float[][] Patches(ReadOnlySpan<float> waveform)
    {
        var statistics = Measure(waveform);
        var patches = new List<float[]>((int)Info.LogMel.PatchCount(waveform.Length));
        foreach (var chunk in RecordingChunk.OfPatches(Info.LogMel, waveform.Length, PatchesPerRun))
            Split(Run(waveform.Slice((int)chunk.Start, chunk.Samples), statistics, chunk), patches);
        return [.. patches];
    }

    /// <summary>As <see cref="Clip"/>, from a sound file; a long recording never lies in memory whole.</summary>
    public float[] ClipOf(string path, CancellationToken cancellationToken)
    {
        var vector = new float[size];
        if (LongRecording.ReadIfShort(path, Info.LogMel.SampleRate, cancellationToken) is { } waveform)
        {
            Clip(waveform.Span, vector);
            return vector;
        }
        var mean = new PatchMean(size);
        foreach (var (chunk, samples, statistics) in LongRecording.ReadPatches(path, Info.LogMel, PatchesPerRun, cancellationToken))
            mean.Add(Run(samples.Span, statistics, chunk));
        mean.Write(vector);
        return vector;
    }

    /// <summary>As <see cref="Patches"/>, from a sound file; a long recording never lies in memory whole.</summary>
    public float[][] PatchesOf(string path, CancellationToken cancellationToken)
    {
        if (LongRecording.ReadIfShort(path, Info.LogMel.SampleRate, cancellationToken) is { } waveform) return Patches(waveform.Span);
        var patches = new List<float[]>();
        foreach (var (chunk, samples, statistics) in LongRecording.ReadPatches(path, Info.LogMel, PatchesPerRun, cancellationToken))
            Split(Run(samples.Span, statistics, chunk), patches);
        return [.. patches];
    }

    public void Dispose() => _session.Dispose();

    private static float[] Measure(ReadOnlySpan<float> waveform)
    {
        var statistics = new ClipStatistics();
        statistics.Add(waveform);
        return statistics.ToArray();
    }

    private static float[] Floats(OrtValue tensor) => tensor.GetTensorDataAsSpan<float>().ToArray();

    private void Split(ReadOnlySpan<float> vectors, List<float[]> patches)
    {
        for (var at = 0; at < vectors.Length; at += size) patches.Add([.. vectors.Slice(at, size)]);
    }

    /// <summary>The vectors of the patches that the chunk stands for, one after the other.</summary>
    private ReadOnlySpan<float> Run(ReadOnlySpan<float> samples, float[] statistics, RecordingChunk chunk) =>
        _session.Run(samples, statistics, patchOutput, Floats).AsSpan(chunk.Skip * size, chunk.Take * size);
}
