using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class GaussianNoiseTests
{
    private static readonly TrainingPosition Position = new(1, 2, 3);

    [Fact]
    public void Adds_normal_noise_of_each_patch_s_own_deviation()
    {
        using var scope = NewDisposeScope();
        var patches = Patches.ToTensor(Patches.Random(3, seed: 1));

        var noise = (GaussianNoise.Apply(patches, [0, 0.01f, 0.5f], Position.Random("noise")) - patches).to(float64).reshape(3, -1);

        // 9,696 values: the deviation of their mean is deviation / 98, that of their deviation deviation / 139.
        Assert.Equal([0, 0.01, 0.5], noise.std(1).data<double>().ToArray(), (a, b) => Math.Abs(a - b) <= 0.04 * a);
        Assert.Equal([0, 0, 0], noise.mean([1L]).data<double>().ToArray().Select((m, i) => Math.Abs(m) > 0.05 * new[] { 1e-9, 0.01, 0.5 }[i] ? m : 0));
        var large = noise[2].div(0.5).abs();
        Assert.Equal(0.3173, large.gt(1).to(float64).mean().ToDouble(), 0.02);
        Assert.Equal(0.0455, large.gt(2).to(float64).mean().ToDouble(), 0.01);
    }

    [Fact]
    public void Is_the_same_at_the_same_place_in_training_and_different_elsewhere()
    {
        using var scope = NewDisposeScope();
        var patches = zeros(2, Patches.Frames, Patches.Bands);
        float[] Noise(TrainingPosition position) =>
            GaussianNoise.Apply(patches, [1, 1], position.Random("noise")).data<float>().ToArray();

        var noise = Noise(Position);

        Assert.Equal(noise, Noise(Position));
        Assert.NotEqual(noise[0], noise[Patches.Frames * Patches.Bands]);
        Assert.All(
            [Position with { Seed = 9 }, Position with { Epoch = 9 }, Position with { Step = 9 }],
            other => Assert.NotEqual(noise[0], Noise(other)[0]));
    }

    [Fact]
    public void Draws_deviations_uniformly_up_to_the_largest()
    {
        var deviations = GaussianNoise.Draw(new GaussianNoiseSettings(), 20_000, Position.Random("noise"));

        Assert.InRange(deviations.Min(), 0, 1e-5);
        Assert.InRange(deviations.Max(), 0.00999, 0.01);
        Assert.Equal(0.005, deviations.Average(), 1e-4);
    }
}
