using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer.Training.Tests;

/// <summary>Normalised patches as an exported model has them inside, cut out of the front end's log-mel here.</summary>
internal static class FrontEndPatches
{
    /// <summary>[count, 1, 101, 96]</summary>
    public static (float[] Values, int Count) Of(float[] waveform, InputNormalisation normalisation)
    {
        using var frontEnd = Session(LogMelFrontEnd.Build(new()).ToBytes());
        var logMel = Run(frontEnd, waveform, "log_mel")[0];
        var frames = logMel.Length / 96;
        var starts = Enumerable.Range(0, frames).Where(t => t % 50 == 0 && t + 101 < frames).Append(frames - 101).ToArray();
        var values = starts.SelectMany(t => logMel.AsSpan(t * 96, 101 * 96).ToArray().Select(v => (v - normalisation.Mean) / normalisation.Std));
        return ([.. values], starts.Length);
    }

    public static InferenceSession Session(byte[] model)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model, options);
    }

    public static float[][] Run(InferenceSession session, float[] waveform, params string[] outputs)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
        using var run = new RunOptions();
        using var values = session.Run(run, ["waveform"], [input], outputs);
        return [.. values.Select(v => v.GetTensorDataAsSpan<float>().ToArray())];
    }
}
