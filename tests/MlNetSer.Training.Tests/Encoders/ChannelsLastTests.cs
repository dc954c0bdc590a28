using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class ChannelsLastTests
{
    [Theory]
    [InlineData("vgg")]
    [InlineData("resnet18")]
    [InlineData("crnn")]
    [InlineData("frame")]
    public void Changes_no_value(string architecture)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var encoder = SoundEncoders.Create(architecture, seed: 1);
        encoder.eval();
        var patches = (Patches.ToTensor(Patches.Random(2, seed: 1)) / 3).unsqueeze(1);
        var weights = encoder.parameters().Select(p => p.detach().clone()).ToList();
        var before = encoder.call(patches);

        ChannelsLast.Apply(encoder);

        Assert.All(weights.Zip(encoder.parameters()), w => Assert.Equal(0, (w.First - w.Second).abs().max().item<float>()));
        Assert.InRange(Reference.RelativeError(before, encoder.call(patches)), 0, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Makes_a_convolution_give_that_layout_even_from_a_single_channel(int channels)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var conv = nn.Conv2d(channels, 16, kernel_size: 3, padding: 1, bias: false);

        ChannelsLast.Apply(conv);

        // Of [2, 16, 5, 7]: next channel 1 away, next column 16, next row 7 columns.
        Assert.Equal([5 * 7 * 16, 1, 7 * 16, 16], conv.call(ones(2, channels, 5, 7)).stride());
    }
}
