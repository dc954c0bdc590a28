using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Runs the log-mel front end, the same graph that goes into the exported model. Thread-safe: parallelism is the caller's.</summary>
internal sealed class LogMelExtractor : IDisposable
{
    private readonly InferenceSession _session;

    public LogMelExtractor(byte[] frontEnd)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // It warns of the front end's optional input on the console, which is the application's.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(frontEnd, options);
    }

    /// <summary>The log-mel spectrogram [T, bands], row by row.</summary>
    public float[] Run(float[] waveform)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
        using var run = new RunOptions();
        using var outputs = _session.Run(run, [LogMelFrontEnd.Waveform], [input], [LogMelFrontEnd.LogMel]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _session.Dispose();
}
