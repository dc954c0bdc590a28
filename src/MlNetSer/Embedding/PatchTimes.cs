using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Where patches lie in a recording.</summary>
internal static class PatchTimes
{
    /// <summary>The first frames of patches every <paramref name="hopFrames"/> frames; the last one ends with the recording.</summary>
    public static IEnumerable<long> Starts(LogMelSettings settings, long samples, int hopFrames)
    {
        var last = LastStart(settings, samples);
        for (long start = 0; start < last; start += hopFrames) yield return start;
        yield return last;
    }

    /// <summary>
    /// The stretch of time that a patch stands for where there is one every <paramref name="hopFrames"/> frames, in seconds: half-way to its
    /// neighbours, so that stretches neither overlap nor leave anything out.
    /// </summary>
    public static (double Onset, double Offset) Stretch(LogMelSettings settings, long samples, int hopFrames, long start)
    {
        var last = LastStart(settings, samples);
        // The last patch may follow the one before it sooner than the hop says.
        var onset = start == 0 ? 0 : Between((start - 1) / hopFrames * hopFrames, start);
        var offset = start == last ? (double)samples / settings.SampleRate : Between(start, Math.Min(start + hopFrames, last));
        return (onset, offset);

        double Between(long one, long next) => (Centre(settings, one) + Centre(settings, next)) / 2000;
    }

    /// <summary>The middle of a patch in milliseconds from the beginning of the recording.</summary>
    public static double Centre(LogMelSettings settings, long start) =>
        1000.0 * (start + ((settings.PatchFrames - 1) / 2.0)) * settings.HopSize / settings.SampleRate;

    /// <summary>A hop in milliseconds as whole frames, at least one.</summary>
    public static int Frames(LogMelSettings settings, double milliseconds) =>
        (int)Math.Max(1, Math.Round(milliseconds * settings.SampleRate / 1000 / settings.HopSize));

    private static long LastStart(LogMelSettings settings, long samples) => settings.FrameCount(samples) - settings.PatchFrames;
}
