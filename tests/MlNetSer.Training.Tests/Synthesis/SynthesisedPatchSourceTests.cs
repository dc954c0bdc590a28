namespace MlNetSer.Training.Synthesis;

public sealed class SynthesisedPatchSourceTests
{
    private static readonly SynthesisSettings Small = new() { ClipsPerEpoch = 12, EpochsPerClip = 3 };

    [Fact]
    public void Fills_the_same_batch_at_the_same_place_whatever_came_before()
    {
        using var resumed = new SynthesisedPatchSource(Small, seed: 4);
        using var uninterrupted = new SynthesisedPatchSource(Small, seed: 4);
        for (var epoch = 0; epoch < 5; epoch++) Fill(uninterrupted, new(4, epoch, 0));
        var (expected, actual) = (Fill(uninterrupted, new(4, 5, 1)), Fill(resumed, new(4, 5, 1)));
        Assert.Equal(expected.Patches, actual.Patches);
        Assert.Equal(expected.Backgrounds, actual.Backgrounds);
        Assert.Equal(uninterrupted.Data.Fingerprint, resumed.Data.Fingerprint);

        using var other = new SynthesisedPatchSource(Small, seed: 5);
        Assert.NotEqual(expected.Patches, Fill(other, new(4, 5, 1)).Patches);
        Assert.NotEqual(other.Data.Fingerprint, resumed.Data.Fingerprint);
    }

    [Fact]
    public void Replaces_a_part_of_the_clips_every_epoch_and_never_repeats_one()
    {
        using var source = new SynthesisedPatchSource(Small, seed: 1);
        var epochs = Enumerable.Range(0, 30).Select(epoch => Enumerable.Range(0, 12).Select(place => source.NumberAt(place, epoch)).ToArray()).ToArray();
        foreach (var (before, now) in epochs.Zip(epochs.Skip(1))) Assert.Equal(4, now.Except(before).Count());
        foreach (var (before, later) in epochs.Zip(epochs.Skip(3))) Assert.Empty(before.Intersect(later));
        Assert.All(epochs, numbers => Assert.Equal(12, numbers.Distinct().Count()));
    }

    [Fact]
    public void Its_normalisation_is_that_of_its_patches()
    {
        using var source = new SynthesisedPatchSource(new() { ClipsPerEpoch = 100 }, seed: 2);
        var values = Fill(source, new(2, 0, 0), clips: 50).Patches.Concat(Fill(source, new(2, 0, 1), clips: 50).Patches).Select(v => (double)v).ToArray();
        var mean = values.Average();
        Assert.Equal(mean, source.Normalisation.Mean, 0.25);
        Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), source.Normalisation.Std, 0.2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.1)]
    public void Both_patches_of_a_pair_are_of_one_sound_and_backgrounds_are_not(double? deviation)
    {
        using var source = new SynthesisedPatchSource(new() { ClipsPerEpoch = 60, TakeDeviation = deviation }, seed: 3);
        var batch = Fill(source, new(3, 0, 0), clips: 60);
        double Alike(Func<int, (float[] A, float[] B)> pair) => Enumerable.Range(0, 60).Average(i => Distance(pair(i).A, pair(i).B));
        var positives = Alike(i => (batch.Patch(0, i).ToArray(), batch.Patch(1, i).ToArray()));
        var backgrounds = Alike(i => (batch.Patch(0, i).ToArray(), batch.Background(0, i).ToArray()));
        var others = Alike(i => (batch.Patch(0, i).ToArray(), batch.Patch(1, (i + 1) % 60).ToArray()));
        Assert.InRange(positives, 0, 0.7 * others);
        Assert.InRange(backgrounds, 0.85 * others, 1.15 * others);
    }

    [Fact]
    public void Takes_move_away_from_each_other_with_the_deviation()
    {
        var sounds = new RandomSounds(6);
        double Apart(float deviation) => Enumerable.Range(0, 40).Average(
            n => Math.Abs(sounds.CreateTake(n, 1, deviation).Length - sounds.CreateTake(n, 2, deviation).Length) / 22050.0);
        Assert.Equal(0, Apart(0));
        // Lengths are uniform over 3 s and both takes are moved; some are reflected at the ends.
        Assert.InRange(Apart(0.05f), 0.05, 0.3);
        Assert.InRange(Apart(0.3f), 0.4, 1.5);
        Assert.NotEqual(sounds.CreateTake(1, 1, 0), sounds.CreateTake(1, 2, 0));
        Assert.Equal(sounds.CreateTake(1, 2, 0.1f), new RandomSounds(6).CreateTake(1, 2, 0.1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => sounds.CreateTake(1, 1, -0.1f));
    }

    [Theory]
    [InlineData(2, 1, null, "clipsPerEpoch is 2")]
    [InlineData(9, 0, null, "epochsPerClip is 0")]
    [InlineData(9, 1, 1.5, "takeDeviation is 1.5")]
    public void Settings_that_cannot_be_used_are_refused(int clips, int epochs, double? deviation, string why)
    {
        var settings = new SynthesisSettings { ClipsPerEpoch = clips, EpochsPerClip = epochs, TakeDeviation = deviation };
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => new SynthesisedPatchSource(settings, seed: 1)).Message, StringComparison.Ordinal);
    }

    private static PatchBatch Fill(SynthesisedPatchSource source, TrainingPosition position, int clips = 6)
    {
        var batch = new PatchBatch(clips, 101, 96, MixBackBackgrounds.OtherClips);
        source.Fill(batch, position);
        return batch;
    }

    /// <summary>Between the mean spectra of two patches, each without its level.</summary>
    private static double Distance(float[] a, float[] b)
    {
        var (first, second) = (Spectrum(a), Spectrum(b));
        return Math.Sqrt(first.Zip(second, (x, y) => (x - y) * (x - y)).Average());
    }

    private static double[] Spectrum(float[] patch)
    {
        var bands = Enumerable.Range(0, 96).Select(b => Enumerable.Range(0, 101).Average(t => (double)patch[t * 96 + b])).ToArray();
        return [.. bands.Select(b => b - bands.Average())];
    }
}
