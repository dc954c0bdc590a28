namespace MlNetSer.Training.Tests;

public class LearningRateTests
{
    [Theory]
    [InlineData(28, 1)]
    [InlineData(29, 0.1)]
    [InlineData(42, 0.01)]
    public void Milestones_are_the_nearest_epochs(int epoch, double rate)
    {
        // 0.58 x 50 is 28.999999999999996 in double precision.
        var settings = new PretrainSettings { Epochs = 50, LearningRate = 1, Milestones = [0.58, 0.84] };
        Assert.Equal(rate, settings.LearningRateAt(epoch), 1e-12);
    }
}
