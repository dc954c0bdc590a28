using System.Runtime.Intrinsics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Convolutions and their gradients by Winograd's filtering, against torch's in double precision.</summary>
[Collection(nameof(ThreadedTorch))]
public class WinogradConvolvedTests
{
    [Theory]
    [InlineData(2, 32, 32, 101, 96)]
    [InlineData(3, 32, 64, 50, 48)]
    [InlineData(5, 64, 64, 26, 24)]
    [InlineData(40, 128, 96, 13, 12)]
    [InlineData(70, 64, 256, 7, 6)]
    [InlineData(4, 160, 32, 1, 3)]
    public void Gives_torch_s_values_and_gradients(int count, int inputs, int outputs, int height, int width)
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var (conv, images, gradient) = Draw(count, inputs, outputs, height, width, float32);

        var ours = Results(conv, images, gradient);

        var theirs = Exact(conv, images, gradient);
        foreach (var (exact, found) in theirs.Zip(ours)) Assert.InRange(Reference.RelativeError(exact, found), 0, 5e-6);
    }

    [Fact]
    public void Is_as_exact_as_torch_in_bfloat16()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var (conv, images, gradient) = Draw(8, 64, 64, 26, 24, bfloat16);

        var ours = Results(conv, images, gradient);

        var exact = Exact(conv, images, gradient);
        var input = images.detach().clone().requires_grad_();
        var output = MixedPrecision.Convolve(conv, input);
        conv.weight.grad = null;
        output.backward([gradient]);
        Tensor[] theirs = [output, conv.weight.grad!, input.grad!];
        foreach (var ((expected, found), their) in exact.Zip(ours).Zip(theirs))
            Assert.InRange(Reference.RelativeError(expected, found), 0, 1.2 * Reference.RelativeError(expected, their));
    }

    [Fact]
    public void Adds_to_gradients_that_are_there()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var (conv, images, gradient) = Draw(2, 32, 32, 9, 9, float32);
        var once = Results(conv, images, gradient);
        var input = images.detach().clone().requires_grad_();
        conv.weight.grad = null;

        for (var time = 0; time < 3; time++)
        {
            using var convolved = new WinogradConvolved(conv, input);
            convolved.Backward(gradient);
        }

        Assert.InRange(Reference.RelativeError(once[1] * 3, conv.weight.grad!), 0, 1e-6);
        Assert.InRange(Reference.RelativeError(once[2] * 3, input.grad!), 0, 1e-6);
        // SGD goes over both in one pass.
        Assert.Equal(conv.weight.stride(), conv.weight.grad!.stride());
    }

    [Fact]
    public void Gives_the_same_bits_whatever_the_number_of_threads()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var (conv, images, gradient) = Draw(30, 64, 64, 13, 12, float32);
        var threads = get_num_threads();
        var all = Results(conv, images, gradient);
        try
        {
            set_num_threads(1);

            var one = Results(conv, images, gradient);

            foreach (var (several, single) in all.Zip(one)) Assert.True(several.Equals(single));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Gives_way_to_torch_where_batch_norm_cannot_follow()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var (conv, images, _) = Draw(2, 32, 32, 9, 9, float32);
        var input = images.detach().clone().requires_grad_();

        var output = new WinogradConvolved(conv, input).ToTorch();

        output.sum().backward();
        Assert.NotNull(input.grad);
        Assert.InRange(Reference.RelativeError(Exact(conv, images, ones_like(output))[0], output), 0, 1e-6);
    }

    [Fact]
    public void Leaves_other_convolutions_to_torch()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Require();
        var images = ChannelsLastImages(2, 32, 9, 9, float32).requires_grad_();

        Assert.True(WinogradConvolved.Fits(Conv(32, 32), images));
        Assert.False(WinogradConvolved.Fits(Conv(32, 48), images));
        Assert.False(WinogradConvolved.Fits(Conv(32, 32), images * 1));
        Assert.False(WinogradConvolved.Fits(Conv(32, 32), images.detach()));
        Assert.False(WinogradConvolved.Fits(Conv(32, 32), randn(2, 32, 9, 9).requires_grad_()));
        Assert.False(WinogradConvolved.Fits(Conv(32, 32), images.detach().to(float64).requires_grad_()));
        Assert.False(WinogradConvolved.Fits(nn.Conv2d(32, 32, kernel_size: 3, stride: 2, padding: 1, bias: false), images));
        Assert.False(WinogradConvolved.Fits(nn.Conv2d(32, 32, kernel_size: 3, padding: 2, bias: false), images));
        Assert.False(WinogradConvolved.Fits(nn.Conv2d(32, 32, kernel_size: 3, padding: 1, bias: true), images));
        Assert.False(WinogradConvolved.Fits(nn.Conv2d(32, 32, kernel_size: 3, padding: 2, dilation: 2, bias: false), images));
        Assert.False(WinogradConvolved.Fits(nn.Conv2d(32, 32, kernel_size: 5, padding: 1, bias: false), images));
        var frozen = Conv(32, 32);
        frozen.weight.requires_grad_(false);
        Assert.False(WinogradConvolved.Fits(frozen, images));
    }

    private static void Require() => Assert.SkipUnless(Vector512.IsHardwareAccelerated, "This processor lacks AVX-512: torch computes all convolutions.");

    private static Conv2d Conv(int inputs, int outputs) => nn.Conv2d(inputs, outputs, kernel_size: 3, padding: 1, bias: false);

    private static Tensor ChannelsLastImages(int count, int channels, int height, int width, ScalarType type)
    {
        using var generator = new Generator((ulong)(channels + height));
        return randn([count, height, width, channels], generator: generator).to(type).permute(0, 3, 1, 2);
    }

    private static (Conv2d Conv, Tensor Images, Tensor Gradient) Draw(int count, int inputs, int outputs, int height, int width, ScalarType type)
    {
        var conv = Conv(inputs, outputs);
        using (no_grad())
        {
            using var generator = new Generator(1);
            conv.weight.copy_(randn(conv.weight.shape, generator: generator));
        }
        ChannelsLast.Apply(conv);
        return (conv, ChannelsLastImages(count, inputs, height, width, type), ChannelsLastImages(count, outputs, height, width, type));
    }

    /// <summary>What comes out, the gradient of the weights, that of what went in.</summary>
    private static Tensor[] Results(Conv2d conv, Tensor images, Tensor gradient)
    {
        conv.weight.grad = null;
        var input = images.detach().clone().requires_grad_();
        Assert.True(WinogradConvolved.Fits(conv, input));
        using var convolved = new WinogradConvolved(conv, input);
        convolved.Backward(gradient);
        return [convolved.Output.clone(), conv.weight.grad!.clone(), input.grad!.clone()];
    }

    private static Tensor[] Exact(Conv2d conv, Tensor images, Tensor gradient)
    {
        var input = images.detach().to(float64).requires_grad_();
        var weight = conv.weight.detach().to(float64).requires_grad_();
        var output = nn.functional.conv2d(input, weight, padding: [1, 1]);
        output.backward([gradient.to(float64)]);
        return [output, weight.grad!, input.grad!];
    }
}
