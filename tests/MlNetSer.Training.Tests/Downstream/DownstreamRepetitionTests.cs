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
}
