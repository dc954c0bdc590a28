using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>
/// Random patches of cached clips: every epoch takes all clips in another order, two patches of each at random places (they may overlap),
/// and backgrounds from two different other clips or from two more places of the same one.
/// </summary>
public sealed class CachedPatchSource : IPatchSource
{
    private readonly LogMelCache _cache;
    private (TrainingPosition Epoch, int[] Clips) _order = (default, []);

    /// <summary>A source over a cache, which must stay open.</summary>
    /// <param name="cache">The spectrograms.</param>
    /// <param name="description">One sentence about the sounds for the model card.</param>
    /// <param name="licence">Their licence, if known.</param>
    public CachedPatchSource(LogMelCache cache, string description, string? licence = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
        Data = new TrainingData { Description = description, Clips = cache.Count, Fingerprint = cache.Key, Licence = licence };
    }

    /// <inheritdoc/>
    public TrainingData Data { get; }

    /// <inheritdoc/>
    public LogMelSettings LogMel => _cache.Settings;

    /// <inheritdoc/>
    public InputNormalisation Normalisation => _cache.Normalisation;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Backgrounds of other clips are wanted and there are fewer than three clips.</exception>
    public void Fill(PatchBatch batch, TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var fromOthers = batch.BackgroundSource is MixBackBackgrounds.OtherClips;
        if (fromOthers && _cache.Count < 3)
            throw new ArgumentException($"Mix-back takes backgrounds from two other clips, and there are {_cache.Count} clips in all.", nameof(batch));
        var order = Order(position with { Step = -1 });
        var random = position.Random("patches");
        for (var i = 0; i < batch.Clips; i++)
        {
            var clip = order[position.Step * batch.Clips + i];
            Read(clip, batch.Patch(0, i), batch.Frames, random);
            Read(clip, batch.Patch(1, i), batch.Frames, random);
            if (!batch.HasBackgrounds) continue;
            var (first, second) = fromOthers ? random.TwoOthers(clip, _cache.Count) : (clip, clip);
            Read(first, batch.Background(0, i), batch.Frames, random);
            Read(second, batch.Background(1, i), batch.Frames, random);
        }
    }

    private int[] Order(TrainingPosition epoch)
    {
        if (_order.Epoch != epoch) _order = (epoch, epoch.Random("order").Permutation(_cache.Count));
        return _order.Clips;
    }

    private void Read(int clip, Span<float> patch, int frames, StepRandom random) =>
        _cache.Read(clip, random.Below(_cache.FramesOf(clip) - frames + 1), patch);
}
