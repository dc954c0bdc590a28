using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class RandomResizedCropTests
{
    [Fact]
    public void Resamples_each_patch_bilinearly_within_its_own_rectangle()
    {
        var patches = Patches.Random(5, seed: 1);
        Crop[] crops = [new(0, 0, 101, 96), new(3, 5, 90, 80), new(20, 0, 81, 96), new(0, 10, 101, 1), new(100, 95, 1, 1)];
        using var scope = NewDisposeScope();

        var resized = RandomResizedCrop.Apply(Patches.ToTensor(patches), crops);

        Patches.AssertEqual([.. patches.Select((p, i) => Resize(p, crops[i]))], resized, 2e-4);
    }

    [Fact]
    public void Keeps_a_whole_patch_as_it_is()
    {
        var patches = Patches.Random(2, seed: 4);
        using var scope = NewDisposeScope();

        var same = RandomResizedCrop.Apply(Patches.ToTensor(patches), [new Crop(0, 0, 101, 96), new Crop(0, 0, 101, 96)]);

        Patches.AssertEqual(patches, same, 1e-5);
    }

    [Fact]
    public void Draws_rectangles_of_the_asked_area_and_aspect_all_over_the_patch()
    {
        var settings = new RandomResizedCropSettings { MinArea = 0.3, MaxArea = 0.7 };
        var crops = RandomResizedCrop.Draw(settings, 20_000, Patches.Frames, Patches.Bands, new TrainingPosition(1, 2, 3).Random("crop"));

        var areas = crops.Select(c => c.Frames * c.Bands / (101.0 * 96)).ToArray();
        Assert.InRange(areas.Min(), 0.29, 0.31);
        Assert.InRange(areas.Max(), 0.69, 0.71);
        Assert.Equal(0.5, areas.Average(), 5e-3);
        var logAspects = crops.Select(c => Math.Log((double)c.Bands / c.Frames)).ToArray();
        Assert.InRange(logAspects.Min(), Math.Log(0.73), Math.Log(0.76));
        Assert.InRange(logAspects.Max(), Math.Log(1.32), Math.Log(1.36));
        Assert.Equal(0, logAspects.Average(), 5e-3);
        Assert.All(crops, c => Assert.True(c.Frame >= 0 && c.Band >= 0 && c.Frame + c.Frames <= 101 && c.Band + c.Bands <= 96, $"{c}"));
        Assert.Equal(0.5, crops.Average(c => (double)c.Frame / (101 - c.Frames)), 1e-2);
        Assert.Equal(0.5, crops.Average(c => (double)c.Band / (96 - c.Bands)), 1e-2);
    }

    [Fact]
    public void Keeps_the_whole_patch_when_no_rectangle_fits()
    {
        var settings = new RandomResizedCropSettings { MinArea = 1, MaxArea = 1, MinAspect = 1 };

        var crop = RandomResizedCrop.Draw(settings, 1, Patches.Frames, Patches.Bands, new TrainingPosition(1, 2, 3).Random("crop"));

        Assert.Equal([new Crop(0, 0, 101, 96)], crop);
    }

    /// <summary>Pixel centres at halves: output i looks at (i + 1/2) length / size - 1/2, and never beyond the rectangle.</summary>
    private static double[,] Resize(double[,] patch, Crop crop)
    {
        var resized = new double[Patches.Frames, Patches.Bands];
        for (var t = 0; t < Patches.Frames; t++)
        {
            var (t0, t1, tShare) = Neighbours(t, crop.Frames, Patches.Frames);
            for (var f = 0; f < Patches.Bands; f++)
            {
                var (f0, f1, fShare) = Neighbours(f, crop.Bands, Patches.Bands);
                double At(int row, int column) => patch[crop.Frame + row, crop.Band + column];
                resized[t, f] = (1 - tShare) * ((1 - fShare) * At(t0, f0) + fShare * At(t0, f1))
                    + tShare * ((1 - fShare) * At(t1, f0) + fShare * At(t1, f1));
            }
        }
        return resized;
    }

    private static (int Low, int High, double Share) Neighbours(int output, int length, int size)
    {
        var position = Math.Max((output + 0.5) * length / size - 0.5, 0);
        var low = (int)position;
        return (low, Math.Min(low + 1, length - 1), position - low);
    }
}
