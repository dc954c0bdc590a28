using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>What the views of many steps look like: every augmentation alone, recovered from patches that show what was done to them.</summary>
public class ViewDistributionTests
{
    private const int Clips = 32;
    private const int Steps = 40;

    private static readonly ViewSettings None = new() { MixBack = null, RandomResizedCrop = null, Compression = null, GaussianNoise = null };

    [Fact]
    public void Compression_factors_are_uniform_and_independent()
    {
        var (first, second) = Recover(None with { Compression = new() }, (_, _) => 1, view => view[7]);

        Statistics.AssertUniform(first, 0.75, 1);
        Statistics.AssertUniform(second, 0.75, 1);
        AssertIndependent(first, second);
    }

    [Fact]
    public void Frequency_responses_are_uniform_at_their_points_and_independent()
    {
        var settings = None with { FrequencyResponse = new() };
        var lowest = Recover(settings, (_, _) => 0, view => view[0]);
        var highest = Recover(settings, (_, _) => 0, view => view[95]);

        foreach (var gains in new[] { lowest.First, lowest.Second, highest.First, highest.Second }) Statistics.AssertUniform(gains, -0.7, 0.7);
        AssertIndependent(lowest.First, lowest.Second);
        AssertIndependent(lowest.First, highest.First);
    }

    [Fact]
    public void Time_shifts_are_uniform_and_independent()
    {
        var (first, second) = Recover(None with { TimeShift = new() }, (t, _) => t, view => 101 - view[0]);

        Statistics.AssertUniform(Whole(first), 1, 30);
        Statistics.AssertUniform(Whole(second), 1, 30);
        AssertIndependent(first, second);
    }

    [Fact]
    public void Frequency_shifts_are_uniform_and_independent()
    {
        var (first, second) = Recover(None with { FrequencyShift = new() }, (_, f) => f, view => 96 - view[0]);

        Statistics.AssertUniform(Whole(first), 1, 10);
        Statistics.AssertUniform(Whole(second), 1, 10);
        AssertIndependent(first, second);
    }

    [Fact]
    public void Crops_are_uniform_in_area_and_in_the_logarithm_of_their_aspect_and_independent()
    {
        // Small enough to fit whatever the aspect: none is drawn again.
        var settings = None with { RandomResizedCrop = new() { MinArea = 0.3, MaxArea = 0.7 } };

        // On a slope the step from one output to the next is the crop's length in units of the patch's.
        var frames = Recover(settings, (t, _) => t, view => 101 * (view[51 * 96] - view[50 * 96]));
        var bands = Recover(settings, (_, f) => f, view => 96 * (view[49] - view[48]));

        foreach (var (heights, widths) in new[] { (frames.First, bands.First), (frames.Second, bands.Second) })
        {
            Statistics.AssertUniform(heights.Zip(widths, (h, w) => Math.Clamp(h * w / (101 * 96), 0.3, 0.7)), 0.3, 0.7);
            var widest = Math.Log(4.0 / 3);
            Statistics.AssertUniform(heights.Zip(widths, (h, w) => Math.Clamp(Math.Log(w / h), -widest, widest)), -widest, widest);
        }
        AssertIndependent(frames.First, frames.Second);
        AssertIndependent(bands.First, bands.Second);
    }

    [Fact]
    public void Half_of_the_views_are_reversed_independently()
    {
        var (first, second) = Recover(None with { TimeReversal = new() }, (t, _) => t, view => view[0]);

        Assert.All(first.Concat(second), value => Assert.True(value is 0 or 100));
        AssertEvenPairs(first, second, values: 2);
    }

    [Fact]
    public void Masks_hide_from_none_to_the_widest_and_independently()
    {
        var settings = None with { SpecAugment = new() { FrequencyMasks = 1, TimeMasks = 1, Fill = MaskFill.Zero } };

        // A frame (a band) that is hidden over its whole length shows 0 in the rest, unless all of it is.
        var bands = Recover(settings, (_, _) => 1, view => Enumerable.Range(0, 96).Count(f => Enumerable.Range(0, 101).All(t => view[t * 96 + f] == 0)));
        var frames = Recover(settings, (_, _) => 1, view => Enumerable.Range(0, 101).Count(t => Enumerable.Range(0, 96).All(f => view[t * 96 + f] == 0)));

        foreach (var widths in new[] { bands.First, bands.Second, frames.First, frames.Second }) Statistics.AssertUniform(Whole(widths), 0, 20);
        AssertIndependent(bands.First, bands.Second);
        AssertIndependent(frames.First, frames.Second);
        AssertIndependent(bands.First, frames.First);
    }

    [Fact]
    public void Noise_has_a_uniform_deviation_and_is_independent()
    {
        var (first, second) = Recover(None with { GaussianNoise = new() }, (_, _) => 0, view => Math.Sqrt(view.Average(v => (double)v * v)));

        // A deviation estimated from 9,696 values is within 1 % or so.
        Statistics.AssertUniform(first.Select(d => Math.Min(d, 0.01)), 0, 0.01);
        Statistics.AssertUniform(second.Select(d => Math.Min(d, 0.01)), 0, 0.01);
        AssertIndependent(first, second);
        var values = Recover(None with { GaussianNoise = new() }, (_, _) => 0, view => view[4000] / Math.Sqrt(view.Average(v => (double)v * v)));
        AssertIndependent(values.First, values.Second);
    }

    [Fact]
    public void Blurring_kernels_are_uniform_and_independent()
    {
        var (first, second) = Recover(
            None with { GaussianBlur = new() },
            (t, f) => t == 50 && f == 48 ? 1 : 0,
            view => Enumerable.Range(0, 96).Count(f => view[50 * 96 + f] > 0));

        Assert.Equal([3, 5, 7, 9], first.Distinct().Order());
        AssertEvenPairs(first, second, values: 4);
    }

    [Fact]
    public void Mix_back_shares_are_uniform_and_common_to_both_views()
    {
        // The foreground's power is 1 everywhere; the background's is in the lower half of the bands only, so that the upper half tells the share.
        var settings = None with { MixBack = new() { Alpha = 0.3 } };
        var (first, second) = Recover(settings, (_, _) => 0, view => 1 - Math.Pow(10, view[95]), background: (_, f) => f < 48 ? 3 : -9);

        Statistics.AssertUniform(first, 0, 0.3);
        Assert.Equal(first, second, (a, b) => Math.Abs(a - b) < 1e-6);
        // Scaled to the foreground's energy, all of it in half of the bands.
        var (lower, _) = Recover(settings, (_, _) => 0, view => Math.Pow(10, view[0]), background: (_, f) => f < 48 ? 3 : -9);
        Assert.Equal(first.Select(share => 1 - share + 2 * share), lower, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Different_augmentations_of_one_view_are_independent()
    {
        var settings = None with { TimeShift = new() { MaxFrames = 100 }, Compression = new() };
        var shifts = Recover(settings, (t, _) => 1 + t, view => Array.IndexOf(view, view.Max()) / 96);
        var factors = Recover(settings, (t, _) => 1 + t, view => view.Max() / 101);

        Statistics.AssertUniform(factors.First, 0.75, 1);
        AssertIndependent(shifts.First, factors.First);
        AssertIndependent(shifts.First, factors.Second);
    }

    /// <summary>A figure of each first and each second view of many clips, all made from the same patch.</summary>
    private static (List<double> First, List<double> Second) Recover(
        ViewSettings settings, Func<int, int, double> patch, Func<float[], double> figure, Func<int, int, double>? background = null)
    {
        var batch = new PatchBatch(Clips, Patches.Frames, Patches.Bands, settings.MixBack?.Backgrounds);
        for (var i = 0; i < 2 * Clips; i++)
        {
            Patches.CopyTo(Patches.Map(patch), batch.Patch(i / Clips, i % Clips));
            if (background is not null) Patches.CopyTo(Patches.Map(background), batch.Background(i / Clips, i % Clips));
        }
        var maker = new ViewMaker(settings, new(0, 1), CPU, float32);
        var (first, second) = (new List<double>(), new List<double>());
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var views = maker.Make(batch, new TrainingPosition(11, 2, step));
            first.AddRange(Enumerable.Range(0, Clips).Select(i => figure(views.First[i].contiguous().data<float>().ToArray())));
            second.AddRange(Enumerable.Range(0, Clips).Select(i => figure(views.Second[i].contiguous().data<float>().ToArray())));
        }
        return (first, second);
    }

    private static List<int> Whole(IEnumerable<double> values) => [.. values.Select(v => (int)v)];

    /// <summary>Neither the two views of a clip, nor those of neighbouring clips, nor those of one step and the next go together.</summary>
    private static void AssertIndependent(List<double> first, List<double> second)
    {
        Statistics.AssertUncorrelated(first, second, "two views of a clip");
        Statistics.AssertUncorrelated(first[1..], first[..^1], "neighbouring clips");
        Statistics.AssertUncorrelated(first[Clips..], first[..^Clips], "a step and the next");
    }

    /// <summary>All pairs of some values come equally often.</summary>
    private static void AssertEvenPairs(List<double> first, List<double> second, int values)
    {
        var pairs = first.Zip(second).CountBy(pair => pair).Select(count => count.Value).ToList();
        Assert.Equal(values * values, pairs.Count);
        Statistics.AssertChiSquare(pairs, [.. pairs.Select(_ => 1.0 / pairs.Count)], "pairs of both views");
    }
}
