using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>A part of a recording, with the patches at some hop that are computed from it.</summary>
/// <param name="Start">The part's first sample in the recording.</param>
/// <param name="Samples">How many samples it has.</param>
/// <param name="Recording">How many samples the whole recording has.</param>
/// <param name="Patches">The first frames of the patches, counted from the beginning of the recording.</param>
internal readonly record struct PatchStretch(long Start, int Samples, long Recording, IReadOnlyList<long> Patches)
{
    /// <summary>The whole of a recording that lies in memory.</summary>
    public static PatchStretch Whole(int samples, IReadOnlyList<long> patches) => new(0, samples, samples, patches);

    /// <summary>Stretches whose patches, one after the other, are those every <paramref name="hopFrames"/> frames of a recording.</summary>
    /// <param name="settings">The front end's settings.</param>
    /// <param name="samples">Samples of the recording.</param>
    /// <param name="hopFrames">Frames from one patch to the next.</param>
    /// <param name="patchesPerRun">How many of the model's own patches a stretch is about as long as.</param>
    public static IEnumerable<PatchStretch> Of(LogMelSettings settings, long samples, int hopFrames, int patchesPerRun)
    {
        var patches = Math.Max(1, patchesPerRun * settings.PatchHop / hopFrames);
        var reach = settings.WindowSize / 2;
        long end = 0;
        foreach (var starts in PatchTimes.Starts(settings, samples, hopFrames).Chunk(patches))
        {
            // No sample is passed over, so that a file can be read from its beginning to its end.
            var first = Math.Min(end, Math.Max(0, (starts[0] * settings.HopSize) - reach));
            end = Math.Min(samples, ((starts[^1] + settings.PatchFrames - 1) * settings.HopSize) + reach);
            yield return new(first, checked((int)(end - first)), samples, starts);
        }
    }
}
