using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Predictions over time, from memory and from files of any length.</summary>
public sealed class TimelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SoundPredictor _predictor = new(TestClassifier.Build().ToBytes());

    public void Dispose()
    {
        _predictor.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(1)]
    [InlineData(7.3)]
    public void At_the_models_own_hop_they_are_those_of_the_patches_and_fill_the_recording(double seconds)
    {
        var sound = TestModel.Sound(seconds);
        var timeline = _predictor.PredictTimeline(sound);
        AssertClose(_predictor.PredictPatches(sound), [.. timeline.Select(t => t.Prediction)]);
        Assert.Equal((0, sound.Length / 22050.0), (timeline[0].Onset, timeline[^1].Offset));
        Assert.All(timeline.Zip(timeline.Skip(1)), pair => Assert.Equal(pair.First.Offset, pair.Second.Onset));
        // Patches of 101 frames every 50: their middles lie at frames 50, 100 ..., and stretches meet half-way between.
        for (var i = 1; i + 1 < timeline.Count; i++) Assert.Equal((75 + (50 * (i - 1))) * 220 / 22050.0, timeline[i].Onset, 1e-9);
    }

    [Theory]
    [InlineData(0.4, 100)]
    [InlineData(3.21, 10)]
    [InlineData(40, 120)]
    [InlineData(40, 500)]
    [InlineData(70, 730)]
    [InlineData(70, 4000)]
    public void A_file_read_in_stretches_gives_what_its_waveform_gives(double seconds, double hop)
    {
        var path = TestModel.WriteSound(_folder.File("a.wav"), seconds);
        var whole = _predictor.PredictTimeline(TestModel.Sound(seconds), hop);
        var read = _predictor.PredictFileTimeline(path, hop).ToArray();
        Assert.Equal(whole.Select(t => (t.Onset, t.Offset)), read.Select(t => (t.Onset, t.Offset)));
        AssertClose([.. whole.Select(t => t.Prediction)], [.. read.Select(t => t.Prediction)]);
    }

    [Fact]
    public void A_hop_of_nothing_and_a_file_that_is_none_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _predictor.PredictTimeline([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _predictor.PredictFileTimeline("a.wav", -1));
        Assert.Throws<FileNotFoundException>(() => _predictor.PredictFileTimeline(_folder.File("none.wav")).Count());
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var path = TestModel.WriteSound(_folder.File("b.wav"), 2);
        Assert.Throws<OperationCanceledException>(() => _predictor.PredictFileTimeline(path, cancellationToken: stopped.Token).Count());
    }

    private static void AssertClose(IReadOnlyList<SoundPrediction> expected, IReadOnlyList<SoundPrediction> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
            Assert.All(e.Probabilities.Zip(a.Probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }
}
