using MlNetSer.Onnx;

namespace MlNetSer.Training.Tests;

public sealed class MixedPatchSourceTests
{
    [Fact]
    public void Each_source_has_its_share_of_every_batch_and_all_recordings_are_heard()
    {
        var mixed = new MixedPatchSource(new Numbered(30, 0), new Numbered(MixedPatchSource.ClipsOfSecond(30, 0.25), 1000), 0.25);
        Assert.Equal(40, mixed.Data.Clips);
        var heard = new List<float>();
        for (var step = 0; step < 40 / 8; step++)
        {
            var batch = new PatchBatch(8, 2, 3, MixBackBackgrounds.OtherClips);
            mixed.Fill(batch, new(1, 0, step));
            float[] clips = [.. Enumerable.Range(0, 8).Select(i => batch.Patch(0, i)[0])];
            Assert.Equal(6, clips.Count(c => c < 1000));
            for (var i = 0; i < 8; i++)
            {
                Assert.Equal(Enumerable.Repeat(clips[i], 6), batch.Patch(1, i).ToArray());
                Assert.Equal(-clips[i], batch.Background(1, i)[5]);
            }
            heard.AddRange(clips);
        }
        Assert.Equal(Enumerable.Range(0, 30).Select(n => (float)n), heard.Where(c => c < 1000).Order());
    }

    [Theory]
    [InlineData(400, 128, 0.5)]
    [InlineData(400, 128, 0.9)]
    [InlineData(400, 2, 0.1)]
    [InlineData(7, 9, 0.3)]
    [InlineData(1000, 3, 0.01)]
    public void Every_step_of_an_epoch_can_be_filled(int recordings, int batchSize, double share)
    {
        var mixed = new MixedPatchSource(new Numbered(recordings, 0), new Numbered(MixedPatchSource.ClipsOfSecond(recordings, share), 5000), share);
        var clips = Math.Min(batchSize, mixed.Data.Clips);
        for (var step = 0; step < mixed.Data.Clips / clips; step++)
            mixed.Fill(new PatchBatch(clips, 1, 1, null), new(1, 0, step));
    }

    [Fact]
    public void Normalises_by_mean_and_deviation_of_the_mixture()
    {
        var mixed = new MixedPatchSource(new Numbered(30, 0) { Normalisation = new(1, 2) }, new Numbered(10, 0) { Normalisation = new(5, 1) }, 0.25);
        // Three values with mean 1 and deviation 2 to each one with mean 5 and deviation 1.
        double[] values = [.. Enumerable.Repeat((double[])[-1, 3], 3).SelectMany(v => v), 4, 6];
        var mean = values.Average();
        Assert.Equal(mean, mixed.Normalisation.Mean, 1e-6);
        Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), mixed.Normalisation.Std, 1e-6);
    }

    [Fact]
    public void A_share_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MixedPatchSource.ClipsOfSecond(10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixedPatchSource(new Numbered(9, 0), new Numbered(9, 0), 1));
    }

    /// <summary>Clips that consist of their number, with backgrounds of its negative, in order.</summary>
    private sealed class Numbered(int clips, int first) : IPatchSource
    {
        public TrainingData Data { get; } = new() { Description = "numbers", Clips = clips, Fingerprint = $"{first}" };

        public LogMelSettings LogMel { get; } = new();

        public InputNormalisation Normalisation { get; init; } = new(0, 1);

        public void Fill(PatchBatch batch, TrainingPosition position)
        {
            for (var i = 0; i < batch.Clips; i++)
            {
                var clip = position.Step * batch.Clips + i;
                Assert.InRange(clip, 0, clips - 1);
                for (var view = 0; view < 2; view++)
                {
                    batch.Patch(view, i).Fill(first + clip);
                    if (batch.HasBackgrounds) batch.Background(view, i).Fill(-first - clip);
                }
            }
        }
    }
}
