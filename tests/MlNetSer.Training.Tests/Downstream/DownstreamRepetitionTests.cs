using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

[Collection(nameof(ThreadedTorch))]
public sealed class DownstreamRepetitionTests(SynthesisedClasses sounds) : IClassFixture<SynthesisedClasses>
{
    [Fact]
    public void The_same_seed_gives_the_same_classifier_and_another_one_another()
    {
        byte[] Train(long seed)
        {
            using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), sounds.Cache);
            var result = trainer.Run(new DownstreamSettings { Epochs = 2, BatchSize = 6, Seed = seed }, [.. sounds.Train.Where((_, i) => i % 2 == 0)]);
            result.Model.Metadata.Clear();
            return result.Model.ToBytes();
        }

        Assert.Equal(Train(5), Train(5));
        Assert.NotEqual(Train(5), Train(6));
    }

    [Fact]
    public void One_that_was_stopped_goes_on_to_what_it_would_have_given()
    {
        using var folder = new TemporaryFolder();
        var settings = new DownstreamSettings { Epochs = 3, BatchSize = 6, Seed = 2 };
        LabelledSound[] train = [.. sounds.Train.Where((_, i) => i % 2 == 0)];
        (byte[] Model, IReadOnlyList<DownstreamPoint> Curve) Train(string cache, IProgress<DownstreamProgress>? progress, CancellationToken stop)
        {
            using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), cache) { CheckpointInterval = TimeSpan.Zero };
            var result = trainer.Run(settings, train, sounds.Validation, progress: progress, cancellationToken: stop);
            return (result.Model.ToBytes(), result.Curve);
        }

        using var source = new CancellationTokenSource();
        var steps = new List<int>();
        var stopping = new Steps(step =>
        {
            if (step == 5) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => Train(folder.Path, stopping, source.Token));
        Assert.Single(Directory.GetFiles(folder.Path, "*.classifier"));
        var resumed = Train(folder.Path, new Steps(steps.Add), TestContext.Current.CancellationToken);
        var whole = Train(folder.File("other", "x")[..^2], null, TestContext.Current.CancellationToken);

        Assert.Equal([5, 6], steps);
        Assert.Equal(whole.Curve, resumed.Curve);
        Assert.Equal(whole.Model, resumed.Model);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.classifier*"));
    }

    private sealed class Steps(Action<int> report) : IProgress<DownstreamProgress>
    {
        public void Report(DownstreamProgress value)
        {
            if (value.Stage == DownstreamStage.Training) report(value.Done);
        }
    }
}
