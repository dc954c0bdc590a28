using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>The layout of images in memory in which convolutions run fastest on CPUs: all channels of a point side by side.</summary>
internal static class ChannelsLast
{
    /// <summary>Lays out the convolutions' weights that way; what they compute then follows, and values stay the same.</summary>
    public static void Apply(nn.Module module)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, weight) in module.named_parameters().Where(p => p.parameter.shape.Length == 4))
        {
            var (channels, height, width) = (weight.shape[1], weight.shape[2], weight.shape[3]);
            var values = weight.permute(0, 2, 3, 1).contiguous();
            // Permuting back leaves the stride of a single channel as it was, and then the output of the first convolution, and all after it
            // up to the next, have the other layout.
            weight.set_(values.as_strided(weight.shape, [channels * height * width, 1, width * channels, channels]));
        }
    }
}
