namespace MlNetSer.Training;

/// <summary>Patches from all over a cache, few enough to look at all of them.</summary>
internal static class EvenPatches
{
    private const int Most = 400;
    private const int PerBatch = 16;

    /// <summary>
    /// Batches of patches, not normalised, each with its shape [count, 1, frames, bands]: all there are, or as many at even distances as
    /// are enough for statistics.
    /// </summary>
    public static IEnumerable<(float[] Values, long[] Shape)> Of(LogMelCache sounds)
    {
        var settings = sounds.Settings;
        var places = Enumerable.Range(0, sounds.Count)
            .SelectMany(clip => Enumerable.Range(0, 1 + ((sounds.FramesOf(clip) - settings.PatchFrames) / settings.PatchHop))
                .Select(patch => (Clip: clip, Frame: patch * settings.PatchHop)))
            .ToArray();
        var count = Math.Min(Most, places.Length);
        var size = settings.PatchFrames * settings.MelBands;
        for (var start = 0; start < count; start += PerBatch)
        {
            var values = new float[Math.Min(PerBatch, count - start) * size];
            for (var i = 0; i < values.Length / size; i++)
            {
                var (clip, frame) = places[(long)(start + i) * places.Length / count];
                sounds.Read(clip, frame, values.AsSpan(i * size, size));
            }
            yield return (values, [values.Length / size, 1, settings.PatchFrames, settings.MelBands]);
        }
    }
}
