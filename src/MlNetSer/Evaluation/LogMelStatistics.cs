using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Mean and standard deviation over time of each band of a clip's log-mel. Thread-safe.</summary>
internal sealed class LogMelStatistics(LogMelSettings settings) : IDisposable
{
    private readonly SoundSession _frontEnd = new(LogMelFrontEnd.Build(settings), settings);

    public IEnumerable<SoundEmbedding> ComputeFiles(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        FileFeatures.Compute(paths, (path, stop) => Compute(SoundFile.ReadMono(path, settings.SampleRate, stop), stop), 0, cancellationToken);

    public float[] Compute(ReadOnlySpan<float> waveform, CancellationToken cancellation) => _frontEnd.Run(
        waveform,
        [],
        LogMelFrontEnd.LogMel,
        tensor => Summarise(tensor.GetTensorDataAsSpan<float>(), (int)tensor.GetTensorTypeAndShape().Shape[1]),
        cancellation);

    public void Dispose() => _frontEnd.Dispose();

    private static float[] Summarise(ReadOnlySpan<float> logMel, int bands)
    {
        var frames = logMel.Length / bands;
        var summary = new float[2 * bands];
        for (var band = 0; band < bands; band++)
        {
            double sum = 0, squares = 0;
            for (var at = band; at < logMel.Length; at += bands) sum += logMel[at];
            var mean = sum / frames;
            for (var at = band; at < logMel.Length; at += bands) squares += (logMel[at] - mean) * (logMel[at] - mean);
            summary[band] = (float)mean;
            summary[bands + band] = (float)Math.Sqrt(squares / frames);
        }
        return summary;
    }
}
