namespace MlNetSer.Tests;

/// <summary>Embeddings over time at any hop.</summary>
public sealed class TimestampEmbeddingTests
{
    [Theory]
    [InlineData(0.4)]
    [InlineData(1)]
    [InlineData(7.3)]
    [InlineData(40)]
    public void At_the_models_own_hop_they_are_the_patch_embeddings(double seconds)
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        var waveform = TestModel.Sound(seconds);
        var stamped = embedder.GetTimestampEmbeddings(waveform, hopMilliseconds: 500);
        AssertClose(embedder.EmbedPatches(waveform), [.. stamped.Select(s => s.Vector)]);
        // 50 frames of 220 samples.
        for (var i = 0; i + 1 < stamped.Count; i++) Assert.Equal(1000 * (50 + (50.0 * i)) * 220 / 22_050, stamped[i].Milliseconds, 1e-9);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(330)]
    [InlineData(1234)]
    public void At_any_hop_each_is_the_patch_around_its_moment(double hop)
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        var waveform = TestModel.Sound(2.5);
        var stamped = embedder.GetTimestampEmbeddings(waveform, hop);
        var frames = stamped.Select(s => (int)Math.Round((s.Milliseconds * 22.05 / 220) - 50)).ToArray();
        var hopFrames = (int)Math.Round(hop * 22.05 / 220);
        var last = 1 + (waveform.Length / 220) - 101;
        Assert.Equal([.. Enumerable.Range(0, 1000).Select(i => i * hopFrames).TakeWhile(f => f < last), last], frames);

        // The same sound with some hops of the recording's own beginning before it, so that the patch falls onto the model's grid.
        foreach (var i in (int[])[0, 1, frames.Length / 2, frames.Length - 2, frames.Length - 1])
        {
            if (i < 0 || i >= frames.Length || frames[i] == 0) continue;
            var shifted = embedder.EmbedPatches(waveform.AsSpan(0, Math.Min(waveform.Length, (frames[i] + 103) * 220)));
            // The last patch of a recording ends with it, so a recording that ends with the patch shows it, but for two mirrored frames.
            var cosine = Cosine(shifted[^1], stamped[i].Vector);
            Assert.True(cosine > 0.97, $"patch {i} at frame {frames[i]}: {cosine}");
        }
    }

    [Fact]
    public void A_patch_depends_on_nothing_outside_it_but_the_recordings_level()
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        var waveform = TestModel.Sound(4);
        waveform[70_000] = 1;
        var hop = 7 * 220 / 22.05;
        var before = embedder.GetTimestampEmbeddings(waveform, hop);
        // Another sound in the first second, with the same sum and peak of the whole.
        var changed = waveform.ToArray();
        Array.Reverse(changed, 0, 22_050);
        var after = embedder.GetTimestampEmbeddings(changed, hop);
        var outside = before.Select((b, i) => (b, after[i])).Where(p => p.b.Milliseconds > 1530).ToArray();
        Assert.NotEmpty(outside);
        AssertClose([.. outside.Select(p => p.b.Vector)], [.. outside.Select(p => p.Item2.Vector)]);
        Assert.True(Cosine(before[0].Vector, after[0].Vector) < 0.9999);
    }

    [Fact]
    public void Scenes_are_embedded_as_clips_and_a_hop_of_nothing_is_refused()
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        ReadOnlyMemory<float>[] sounds = [TestModel.Sound(1, 1), TestModel.Sound(0.2, 2), TestModel.Sound(3, 3)];
        Assert.Equal(sounds.Select(s => embedder.Embed(s.Span)), embedder.GetSceneEmbeddings(sounds, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => embedder.GetTimestampEmbeddings(sounds[0].Span, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => embedder.GetTimestampEmbeddings(sounds[0].Span, double.NaN));
    }

    private static void AssertClose(IReadOnlyList<float>[] expected, IReadOnlyList<float>[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.SelectMany(v => v).Max(v => Math.Abs(v));
        for (var i = 0; i < expected.Length; i++)
            Assert.All(expected[i].Zip(actual[i]), pair => Assert.InRange(pair.First - pair.Second, -2e-5f * scale, 2e-5f * scale));
    }

    private static double Cosine(IReadOnlyList<float> a, IReadOnlyList<float> b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
