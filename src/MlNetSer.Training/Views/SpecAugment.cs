using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>What SpecAugment puts into its masks.</summary>
public enum MaskFill
{
    /// <summary>A log-mel of 0, that is a power of 1.</summary>
    Zero,

    /// <summary>The patch's smallest value.</summary>
    Min,

    /// <summary>The patch's mean.</summary>
    Mean,

    /// <summary>The patch's largest value.</summary>
    Max,

    /// <summary>Gaussian noise with the patch's mean and standard deviation.</summary>
    Noise,
}

/// <summary>Settings of SpecAugment (Park et al., 2019) without time warping: masks over whole bands and over whole frames.</summary>
public sealed record SpecAugmentSettings
{
    /// <summary>Masks over bands, m_f. They may overlap.</summary>
    public int FrequencyMasks { get; init; } = 2;

    /// <summary>F: a mask's width is drawn from 0 to this many bands, at most those of the patch.</summary>
    public int MaxBands { get; init; } = 20;

    /// <summary>Masks over frames, m_t. They may overlap.</summary>
    public int TimeMasks { get; init; } = 2;

    /// <summary>T: a mask's width is drawn from 0 to this many frames, at most those of the patch.</summary>
    public int MaxFrames { get; init; } = 20;

    /// <summary>What the masks are filled with; the figures are those of the patch before it was masked.</summary>
    public MaskFill Fill { get; init; } = MaskFill.Min;
}

/// <summary>Consecutive bands or frames.</summary>
internal readonly record struct Mask(int Start, int Length);

/// <summary>SpecAugment: hides some bands and some frames of each patch.</summary>
internal static class SpecAugment
{
    /// <summary><paramref name="masks"/> masks for each of <paramref name="count"/> patches, patch after patch, along an axis of <paramref name="size"/>.</summary>
    public static Mask[] Draw(int masks, int longest, int size, int count, StepRandom random)
    {
        var drawn = new Mask[count * masks];
        foreach (ref var mask in drawn.AsSpan())
        {
            var length = random.Below(Math.Min(longest, size) + 1);
            mask = new Mask(random.Below(size - length + 1), length);
        }
        return drawn;
    }

    /// <summary>Masks patches [P, frames, bands], each by its own share of the masks over bands and over frames.</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<Mask> bandMasks, ReadOnlySpan<Mask> frameMasks, MaskFill fill, StepRandom random)
    {
        var hidden = Hidden(bandMasks, patches, axis: 2).unsqueeze(1).logical_or(Hidden(frameMasks, patches, axis: 1).unsqueeze(2));
        return where(hidden, Filling(patches, fill, random), patches);
    }

    /// <summary>[P, size]: whether any of its masks covers this place of the patch.</summary>
    private static Tensor Hidden(ReadOnlySpan<Mask> masks, Tensor patches, int axis)
    {
        var (count, size) = (patches.shape[0], patches.shape[axis]);
        var (first, end) = (new int[masks.Length], new int[masks.Length]);
        for (var i = 0; i < masks.Length; i++) (first[i], end[i]) = (masks[i].Start, masks[i].Start + masks[i].Length);
        var shape = new[] { count, masks.Length / count, 1 };
        Tensor Column(int[] values) => tensor(values, shape, device: patches.device);
        var places = arange(size, int32, patches.device);
        return places.ge(Column(first)).logical_and(places.lt(Column(end))).any(1);
    }

    private static Tensor Filling(Tensor patches, MaskFill fill, StepRandom random) => fill switch
    {
        MaskFill.Zero => zeros(1, device: patches.device),
        MaskFill.Min => patches.amin([1, 2], keepdim: true),
        MaskFill.Mean => patches.mean([1, 2], keepdim: true),
        MaskFill.Max => patches.amax([1, 2], keepdim: true),
        MaskFill.Noise => Noise(patches, random),
        _ => throw new ArgumentOutOfRangeException(nameof(fill), fill, "No such fill."),
    };

    private static Tensor Noise(Tensor patches, StepRandom random)
    {
        using var generator = new Generator(random.NextBits(), patches.device);
        return randn(patches.shape, device: patches.device, generator: generator)
            .mul_(patches.std([1, 2], unbiased: false, keepdim: true)).add_(patches.mean([1, 2], keepdim: true));
    }
}
