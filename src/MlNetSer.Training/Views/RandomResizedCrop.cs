using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of random resized cropping.</summary>
public sealed record RandomResizedCropSettings
{
    /// <summary>Smallest share of the patch's area that is kept; above 0.</summary>
    public double MinArea { get; init; } = 0.8;

    /// <summary>Largest share of the patch's area that is kept; at most 1.</summary>
    public double MaxArea { get; init; } = 1;

    /// <summary>Smallest ratio of bands to frames; drawn log-uniformly. The largest is its reciprocal.</summary>
    public double MinAspect { get; init; } = 0.75;
}

/// <summary>A rectangle of a patch, in whole frames and bands.</summary>
internal readonly record struct Crop(int Frame, int Band, int Frames, int Bands);

/// <summary>
/// Random resized cropping: a rectangle of random area, aspect ratio and place, stretched back to the patch's size by bilinear interpolation
/// (pixel centres at halves, edges repeated).
/// </summary>
internal static class RandomResizedCrop
{
    private const int Attempts = 10;

    /// <summary>
    /// A rectangle for each patch. Area and aspect are drawn anew while they do not fit into the patch, at most ten times; then all of the
    /// patch is kept.
    /// </summary>
    public static Crop[] Draw(RandomResizedCropSettings settings, int count, int frames, int bands, StepRandom random)
    {
        var crops = new Crop[count];
        foreach (ref var crop in crops.AsSpan()) crop = Draw(settings, frames, bands, random);
        return crops;
    }

    /// <summary>Crops and stretches patches [P, frames, bands], each by its own rectangle.</summary>
    /// <remarks>
    /// Bilinear interpolation is separable: stretch = rows x patch x columns', where a row of either matrix holds the weights of the two
    /// neighbours. Unlike a sampling grid it never looks beyond the rectangle's edge.
    /// </remarks>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<Crop> crops)
    {
        var (frameStart, frameLength) = (new float[crops.Length], new float[crops.Length]);
        var (bandStart, bandLength) = (new float[crops.Length], new float[crops.Length]);
        for (var i = 0; i < crops.Length; i++)
        {
            (frameStart[i], frameLength[i]) = (crops[i].Frame, crops[i].Frames);
            (bandStart[i], bandLength[i]) = (crops[i].Band, crops[i].Bands);
        }
        var rows = Interpolation(frameStart, frameLength, patches.shape[1], patches.device);
        var columns = Interpolation(bandStart, bandLength, patches.shape[2], patches.device);
        return rows.bmm(patches).bmm(columns.transpose(1, 2));
    }

    private static Crop Draw(RandomResizedCropSettings settings, int frames, int bands, StepRandom random)
    {
        var widest = -Math.Log(settings.MinAspect);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = frames * bands * random.Uniform(settings.MinArea, settings.MaxArea);
            var aspect = Math.Exp(random.Uniform(-widest, widest));
            var width = (int)Math.Round(Math.Sqrt(area * aspect));
            var height = (int)Math.Round(Math.Sqrt(area / aspect));
            if (height is 0 || width is 0 || height > frames || width > bands) continue;
            return new Crop(random.Below(frames - height + 1), random.Below(bands - width + 1), height, width);
        }
        return new Crop(0, 0, frames, bands);
    }

    /// <summary>[P, size, size] matrices that stretch [start, start + length) to [0, size).</summary>
    private static Tensor Interpolation(float[] start, float[] length, long size, Device device)
    {
        var lengths = tensor(length, [length.Length, 1], device: device);
        var positions = arange(size, float32, device).add_(0.5).mul(lengths).div_(size).sub_(0.5).clamp_(min: 0).minimum(lengths - 1)
            .add_(tensor(start, [start.Length, 1], device: device));
        return (1 - (positions.unsqueeze(2) - arange(size, float32, device)).abs_()).clamp_(min: 0);
    }
}
