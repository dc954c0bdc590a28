using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class CachedPatchSourceTests : IDisposable
{
    private const int Size = 101 * 96;
    private readonly TemporaryFolder _folder = new();
    private readonly LogMelCache _cache;
    private readonly CachedPatchSource _source;
    private readonly List<float[]> _clips = [];

    public CachedPatchSourceTests()
    {
        _cache = TestSounds.Cache(_folder, 5);
        _source = new CachedPatchSource(_cache, "tones", "CC0");
        for (var clip = 0; clip < _cache.Count; clip++)
        {
            _clips.Add(new float[_cache.FramesOf(clip) * 96]);
            _cache.Read(clip, 0, _clips[clip]);
        }
    }

    public void Dispose()
    {
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Takes_every_clip_once_an_epoch_in_an_order_of_its_own()
    {
        var orders = Enumerable.Range(0, 40).Select(epoch =>
        {
            var batch = Fill(new(7, epoch, 0), clips: 5);
            return string.Concat(Enumerable.Range(0, 5).Select(i => Locate(batch.Patch(0, i)).Clip));
        }).ToList();

        Assert.All(orders, order => Assert.Equal("01234", string.Concat(order.Order())));
        Assert.True(orders.Distinct().Count() > 20);
    }

    [Fact]
    public void Gives_the_steps_of_an_epoch_different_clips()
    {
        var clips = Enumerable.Range(0, 2).Select(step => Fill(new(7, 3, step), clips: 2))
            .SelectMany(batch => new[] { Locate(batch.Patch(0, 0)).Clip, Locate(batch.Patch(0, 1)).Clip });

        Assert.Equal(4, clips.Distinct().Count());
    }

    [Fact]
    public void Takes_both_patches_from_the_clip_at_independent_places_all_over_it()
    {
        var places = Enumerable.Range(0, 300).Select(epoch => Fill(new(7, epoch, 0), clips: 1)).Select(batch =>
        {
            var (first, second) = (Locate(batch.Patch(0, 0)), Locate(batch.Patch(1, 0)));
            Assert.Equal(first.Clip, second.Clip);
            var last = (double)(_cache.FramesOf(first.Clip) - 101);
            return (First: first.Frame / last, Second: second.Frame / last);
        }).ToList();

        foreach (var (low, mean, high) in new[] { Range(places.Select(p => p.First)), Range(places.Select(p => p.Second)) })
        {
            Assert.Equal(0, low);
            Assert.Equal(1, high);
            Assert.Equal(0.5, mean, 0.06);
        }
        Assert.Equal(0, places.Average(p => (p.First - 0.5) * (p.Second - 0.5)), 0.02);
    }

    [Fact]
    public void Takes_backgrounds_from_two_different_other_clips_all_equally_often()
    {
        var counts = new int[5, 5];
        for (var epoch = 0; epoch < 400; epoch++)
        {
            var batch = Fill(new(7, epoch, 0), clips: 1);
            var clip = Locate(batch.Patch(0, 0)).Clip;
            var (first, second) = (Locate(batch.Background(0, 0)).Clip, Locate(batch.Background(1, 0)).Clip);
            Assert.NotEqual(clip, first);
            Assert.NotEqual(clip, second);
            Assert.NotEqual(first, second);
            counts[0, first]++;
            counts[1, second]++;
        }
        for (var clip = 0; clip < 5; clip++)
        {
            Assert.InRange(counts[0, clip], 50, 115);
            Assert.InRange(counts[1, clip], 50, 115);
        }
    }

    [Fact]
    public void Takes_backgrounds_from_the_clip_itself_where_asked_to_at_places_of_their_own()
    {
        var places = Enumerable.Range(0, 300).Select(epoch => Fill(new(7, epoch, 0), clips: 1, MixBackBackgrounds.SameClip)).Select(batch =>
        {
            (int Clip, int Frame)[] four =
                [Locate(batch.Patch(0, 0)), Locate(batch.Patch(1, 0)), Locate(batch.Background(0, 0)), Locate(batch.Background(1, 0))];
            Assert.All(four, place => Assert.Equal(four[0].Clip, place.Clip));
            return four.Select(place => place.Frame / (double)(_cache.FramesOf(place.Clip) - 101)).ToArray();
        }).ToList();

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0.5, places.Average(p => p[i]), 0.06);
            for (var j = 0; j < i; j++)
                Statistics.AssertUncorrelated([.. places.Select(p => p[i])], [.. places.Select(p => p[j])], $"{i} and {j}");
        }
    }

    [Fact]
    public void Gives_the_same_batch_at_the_same_place_in_training_only()
    {
        var position = new TrainingPosition(7, 3, 1);
        var batch = Fill(position, clips: 2);

        // Asked for another epoch in between, as a fresh source would not have been.
        Fill(new(7, 9, 0), clips: 2);
        Assert.Equal(batch.Patches, Fill(position, clips: 2).Patches);
        Assert.Equal(batch.Backgrounds, Fill(position, clips: 2).Backgrounds);
        Assert.NotEqual(batch.Patches, Fill(position with { Seed = 8 }, clips: 2).Patches);
    }

    [Fact]
    public void Needs_three_clips_for_backgrounds()
    {
        using var folder = new TemporaryFolder();
        using var two = TestSounds.Cache(folder, 2);
        var source = new CachedPatchSource(two, "tones");

        Assert.Throws<ArgumentException>(() => source.Fill(new PatchBatch(2, 101, 96, MixBackBackgrounds.OtherClips), new(1, 0, 0)));
        source.Fill(new PatchBatch(2, 101, 96, MixBackBackgrounds.SameClip), new(1, 0, 0));
        source.Fill(new PatchBatch(2, 101, 96, backgrounds: null), new(1, 0, 0));
    }

    private PatchBatch Fill(TrainingPosition position, int clips, MixBackBackgrounds backgrounds = MixBackBackgrounds.OtherClips)
    {
        var batch = new PatchBatch(clips, 101, 96, backgrounds);
        _source.Fill(batch, position);
        return batch;
    }

    /// <summary>The clip and the frame at which a patch stands there.</summary>
    private (int Clip, int Frame) Locate(ReadOnlySpan<float> patch)
    {
        Assert.Equal(Size, patch.Length);
        for (var clip = 0; clip < _clips.Count; clip++)
        {
            for (var start = 0; start + Size <= _clips[clip].Length; start += 96)
            {
                if (patch.SequenceEqual(_clips[clip].AsSpan(start, Size))) return (clip, start / 96);
            }
        }
        throw new InvalidOperationException("The patch is of no clip.");
    }

    private static (double Low, double Mean, double High) Range(IEnumerable<double> values)
    {
        var all = values.ToList();
        return (all.Min(), all.Average(), all.Max());
    }
}
