using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class SpecAugmentTests
{
    private static readonly TrainingPosition Position = new(1, 2, 3);
    private static readonly Mask[] BandMasks = [new(0, 3), new(2, 4), new(95, 1), new(10, 0), new(0, 96), new(50, 0)];
    private static readonly Mask[] FrameMasks = [new(100, 1), new(0, 0), new(40, 20), new(50, 5), new(7, 0), new(0, 0)];

    [Theory]
    [InlineData(MaskFill.Zero)]
    [InlineData(MaskFill.Min)]
    [InlineData(MaskFill.Mean)]
    [InlineData(MaskFill.Max)]
    public void Fills_each_patch_s_own_masks_and_leaves_the_rest(MaskFill fill)
    {
        var patches = Patches.Random(3, seed: 1);
        using var scope = NewDisposeScope();

        var masked = SpecAugment.Apply(Patches.ToTensor(patches), BandMasks, FrameMasks, fill, Position.Random("masks"));

        var expected = patches.Select((patch, p) =>
        {
            var values = patch.Cast<double>().ToList();
            var value = fill switch
            {
                MaskFill.Zero => 0,
                MaskFill.Min => values.Min(),
                MaskFill.Mean => values.Average(),
                _ => values.Max(),
            };
            return Patches.Map((t, f) => IsHidden(p, t, f) ? value : patch[t, f]);
        });
        Patches.AssertEqual([.. expected], masked, 1e-5);
    }

    [Fact]
    public void Masks_reach_both_ends()
    {
        var masks = SpecAugment.Draw(masks: 2, longest: 3, size: 10, count: 200, Position.Random("masks"));
        Assert.Contains(masks, mask => mask is { Start: 0, Length: > 0 });
        Assert.Contains(masks, mask => mask.Length > 0 && mask.Start + mask.Length == 10);
    }

    [Fact]
    public void Fills_with_noise_like_the_patch_itself()
    {
        var patches = Patches.Random(3, seed: 1);
        using var scope = NewDisposeScope();

        var masked = SpecAugment.Apply(Patches.ToTensor(patches), BandMasks, FrameMasks, MaskFill.Noise, Position.Random("masks")).to(float64);

        var filled = new List<double>();
        for (var p = 0; p < 3; p++)
        {
            var values = masked[p].data<double>().ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (t, f) = (i / Patches.Bands, i % Patches.Bands);
                if (!IsHidden(p, t, f)) Assert.Equal(patches[p][t, f], values[i], 1e-6);
                else if (p == 2) filled.Add(values[i]);
            }
        }
        // The third patch is hidden whole: 9,696 values.
        var all = patches[2].Cast<double>().ToList();
        var (mean, deviation) = (all.Average(), Math.Sqrt(all.Average(v => v * v) - Math.Pow(all.Average(), 2)));
        Assert.Equal(mean, filled.Average(), 0.035 * deviation);
        Assert.Equal(deviation, Math.Sqrt(filled.Average(v => Math.Pow(v - filled.Average(), 2))), 0.03 * deviation);
        Assert.Equal(0.3173, filled.Average(v => Math.Abs(v - mean) > deviation ? 1.0 : 0), 0.02);
        Assert.Equal(0.0455, filled.Average(v => Math.Abs(v - mean) > 2 * deviation ? 1.0 : 0), 0.01);
    }

    [Fact]
    public void Draws_widths_and_places_uniformly()
    {
        var masks = SpecAugment.Draw(masks: 2, longest: 20, size: 96, count: 20_000, Position.Random("masks"));

        Assert.Equal(40_000, masks.Length);
        Statistics.AssertUniform([.. masks.Select(m => m.Length)], 0, 20);
        foreach (var length in new[] { 0, 1, 10, 20 })
            Statistics.AssertUniform([.. masks.Where(m => m.Length == length).Select(m => m.Start)], 0, 96 - length);
        Statistics.AssertUncorrelated(
            [.. masks.Where((_, i) => i % 2 == 0).Select(m => (double)m.Length)],
            [.. masks.Where((_, i) => i % 2 == 1).Select(m => (double)m.Length)],
            "the two masks of a patch");
    }

    [Fact]
    public void Draws_no_mask_longer_than_the_patch() =>
        Statistics.AssertUniform([.. SpecAugment.Draw(1, longest: 500, size: 50, count: 10_000, Position.Random("masks")).Select(m => m.Length)], 0, 50);

    [Fact]
    public void Without_masks_changes_nothing()
    {
        var patches = Patches.Random(2, seed: 3);
        using var scope = NewDisposeScope();

        var same = SpecAugment.Apply(Patches.ToTensor(patches), [], [], MaskFill.Max, Position.Random("masks"));

        Patches.AssertEqual(patches, same, 0);
    }

    /// <summary>Two masks of each kind for each of three patches.</summary>
    private static bool IsHidden(int patch, int frame, int band)
    {
        for (var m = 2 * patch; m < 2 * patch + 2; m++)
        {
            if (band >= BandMasks[m].Start && band < BandMasks[m].Start + BandMasks[m].Length) return true;
            if (frame >= FrameMasks[m].Start && frame < FrameMasks[m].Start + FrameMasks[m].Length) return true;
        }
        return false;
    }
}
