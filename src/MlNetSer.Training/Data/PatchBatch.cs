namespace MlNetSer.Training;

/// <summary>The log-mel patches that one step learns from, not normalised: two of every clip, and a background for each of them.</summary>
public sealed class PatchBatch
{
    internal PatchBatch(int clips, int frames, int bands, MixBackBackgrounds? backgrounds)
    {
        (Clips, Frames, Bands) = (clips, frames, bands);
        Patches = new float[2 * clips * frames * bands];
        BackgroundSource = backgrounds;
        if (backgrounds is not null) Backgrounds = new float[Patches.Length];
    }

    /// <summary>Clips in the batch, N.</summary>
    public int Clips { get; }

    /// <summary>Frames of a patch.</summary>
    public int Frames { get; }

    /// <summary>Mel bands of a patch.</summary>
    public int Bands { get; }

    /// <summary>Where backgrounds are wanted from, or null when none are wanted.</summary>
    public MixBackBackgrounds? BackgroundSource { get; }

    /// <summary>Whether backgrounds are wanted.</summary>
    public bool HasBackgrounds => Backgrounds is not null;

    /// <summary>[2, N, frames, bands]</summary>
    internal float[] Patches { get; }

    /// <summary>[2, N, frames, bands], or null when backgrounds are not wanted.</summary>
    internal float[]? Backgrounds { get; }

    /// <summary>Where a patch belongs: [frames, bands].</summary>
    /// <param name="view">0 or 1.</param>
    /// <param name="clip">From 0 to N - 1.</param>
    public Span<float> Patch(int view, int clip) => Part(Patches, view, clip);

    /// <summary>Where the background of a patch belongs: [frames, bands] from where <see cref="BackgroundSource"/> says.</summary>
    /// <param name="view">0 or 1.</param>
    /// <param name="clip">From 0 to N - 1.</param>
    /// <exception cref="InvalidOperationException">No backgrounds are wanted.</exception>
    public Span<float> Background(int view, int clip) =>
        Part(Backgrounds ?? throw new InvalidOperationException("This batch takes no backgrounds."), view, clip);

    private Span<float> Part(float[] values, int view, int clip)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)view, 1u, nameof(view));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)clip, (uint)Clips, nameof(clip));
        var size = Frames * Bands;
        return values.AsSpan((view * Clips + clip) * size, size);
    }
}
