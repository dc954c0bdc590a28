using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class CrnnEncoderTests
{
    [Fact]
    public void Untrained_weights_depend_on_the_seed_alone_and_lie_within_their_bounds()
    {
        using var scope = NewDisposeScope();
        var first = SoundEncoders.Create("crnn", seed: 1).state_dict();
        random.manual_seed(7);
        var again = SoundEncoders.Create("crnn", seed: 1).state_dict();
        var other = SoundEncoders.Create("crnn", seed: 2).state_dict();

        Assert.All(first.Keys, name => Assert.True(first[name].equal(again[name]).all().ToBoolean(), name));
        foreach (var (name, bound) in new[] { ("block2.conv.weight", 1 / Math.Sqrt(128 * 25)), ("gru.weight_ih_l0", 1 / 8.0), ("gru.bias_hh_l0_reverse", 1 / 8.0) })
        {
            Assert.False(first[name].equal(other[name]).all().ToBoolean(), name);
            Assert.InRange(first[name].abs().max().ToDouble(), 0.95 * bound, bound);
        }
    }

    [Fact]
    public void Takes_any_number_of_patches()
    {
        using var scope = NewDisposeScope();
        var encoder = SoundEncoders.Create("crnn", seed: 1);
        encoder.eval();
        using var noGradient = no_grad();
        var patches = randn(3, 1, 101, 96);

        var all = encoder.call(patches);

        Assert.Equal([3, 64], all.shape);
        Assert.InRange(Reference.RelativeError(all.narrow(0, 1, 1), encoder.call(patches.narrow(0, 1, 1))), 0, 1e-5);
    }
}
