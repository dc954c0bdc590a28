using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Where patches lie in a recording.</summary>
internal static class PatchTimes
{
    /// <summary>The first frames of patches every <paramref name="hopFrames"/> frames; the last one ends with the recording.</summary>
    public static long[] Starts(LogMelSettings settings, long samples, int hopFrames)
    {
        var last = settings.FrameCount(samples) - settings.PatchFrames;
        var starts = new long[1 + ((last + hopFrames - 1) / hopFrames)];
        for (var i = 0; i < starts.Length; i++) starts[i] = Math.Min((long)i * hopFrames, last);
        return starts;
    }

    /// <summary>The middle of a patch in milliseconds from the beginning of the recording.</summary>
    public static double Centre(LogMelSettings settings, long start) =>
        1000.0 * (start + ((settings.PatchFrames - 1) / 2.0)) * settings.HopSize / settings.SampleRate;

    /// <summary>A hop in milliseconds as whole frames, at least one.</summary>
    public static int Frames(LogMelSettings settings, double milliseconds) =>
        (int)Math.Max(1, Math.Round(milliseconds * settings.SampleRate / 1000 / settings.HopSize));
}
