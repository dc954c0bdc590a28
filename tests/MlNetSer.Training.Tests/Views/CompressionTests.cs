using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class CompressionTests
{
    [Fact]
    public void Multiplies_each_patch_by_its_own_factor()
    {
        using var scope = NewDisposeScope();
        var patches = tensor([-8f, 4, -1, 2], [2, 1, 2]);

        Assert.Equal([-6f, 3, -0.9f, 1.8f], Compression.Apply(patches, [0.75f, 0.9f]).data<float>().ToArray());
    }

    [Fact]
    public void Draws_factors_uniformly_within_the_range()
    {
        var factors = Compression.Draw(new CompressionSettings(), 20_000, new TrainingPosition(1, 2, 3).Random("compression"));

        Assert.InRange(factors.Min(), 0.75, 0.7501);
        Assert.InRange(factors.Max(), 0.9999, 1);
        Assert.Equal(0.875, factors.Average(), 2e-3);
    }
}
