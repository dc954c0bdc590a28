using System.Numerics.Tensors;

namespace MlNetSer.Training.Synthesis;

/// <summary>Loudness and mixing.</summary>
internal static class Level
{
    /// <summary>Decibels to a factor on amplitudes.</summary>
    public static float Gain(float decibels) => MathF.Pow(10, decibels / 20);

    public static float Rms(ReadOnlySpan<float> samples) =>
        samples.IsEmpty ? 0 : MathF.Sqrt(TensorPrimitives.SumOfSquares(samples) / samples.Length);

    public static float Peak(ReadOnlySpan<float> samples) => samples.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(samples));

    /// <summary>Scales to a root mean square. Silence stays silence.</summary>
    public static void SetRms(Span<float> samples, float rms) => Scale(samples, rms, Rms(samples));

    /// <summary>Scales to a largest absolute value. Silence stays silence.</summary>
    public static void SetPeak(Span<float> samples, float peak) => Scale(samples, peak, Peak(samples));

    /// <summary>Adds what fits of a layer onto the target from sample <paramref name="start"/> on.</summary>
    public static void Add(Span<float> target, ReadOnlySpan<float> layer, float gain = 1, int start = 0)
    {
        if (start >= target.Length) return;
        var place = target[start..];
        layer = layer[..Math.Min(layer.Length, place.Length)];
        place = place[..layer.Length];
        TensorPrimitives.MultiplyAdd(layer, gain, place, place);
    }

    public static void Multiply(Span<float> samples, ReadOnlySpan<float> gains) => TensorPrimitives.Multiply(samples, gains, samples);

    private static void Scale(Span<float> samples, float wanted, float now)
    {
        if (now > 1e-9f) TensorPrimitives.Multiply(samples, wanted / now, samples);
    }
}
