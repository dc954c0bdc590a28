using TorchSharp.Modules;
using static TorchSharp.torch;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>
/// Layers for random stacks, by what they take: features [n, f], sequences [n, c, l], images [n, c, h, w] or volumes [n, c, d, h, w].
/// Left out are those with jumps (Hardshrink, Threshold), where the last bit of a number decides, and roots of what may be negative.
/// </summary>
internal static class StackLayers
{
    /// <summary>What may follow a tensor of this shape (without the batch).</summary>
    internal static IReadOnlyList<Func<Draw, Layer>> After(long[] shape) =>
        [.. Anywhere(shape), .. shape.Length == 1 ? Features(shape[0]) : Channels(shape), .. shape.Length switch
        {
            1 => [],
            2 => Sequences(shape),
            3 => Images(shape),
            _ => Volumes(shape),
        }];

    private static IEnumerable<Func<Draw, Layer>> Anywhere(long[] shape)
    {
        var last = shape[^1];
        yield return draw => nn.Linear(last, draw.From(1, 6), draw.Yes);
        yield return _ => nn.ReLU(inplace: true);
        yield return draw => nn.LeakyReLU(draw.Between(0.01, 0.5));
        yield return draw => draw.Of<Layer>(nn.ReLU6(), nn.ELU(1.3), nn.CELU(0.7), nn.SELU(), nn.RReLU());
        yield return draw => draw.Of<Layer>(nn.GELU(), nn.GELU(GELU.Approximate.tanh), nn.SiLU(), nn.Mish(), nn.Tanh());
        yield return draw => draw.Of<Layer>(nn.Sigmoid(), nn.LogSigmoid(), nn.Hardsigmoid(), nn.Hardswish(), nn.Hardtanh(-0.5, 0.8, inplace: true));
        yield return draw => draw.Of<Layer>(nn.Tanhshrink(), nn.Softshrink(0.3), nn.Softplus(2), nn.Softsign(), nn.Dropout(), nn.Identity());
        yield return draw => draw.Of<Layer>(nn.Softmax(-1), nn.Softmin(1), nn.LogSoftmax(1));
        yield return _ => nn.Flatten();
        if (last > 1) yield return draw => nn.LayerNorm(last, 1e-3, draw.Yes, draw.Yes);
        if (last % 2 == 0) yield return _ => nn.GLU();
    }

    private static IEnumerable<Func<Draw, Layer>> Features(long count)
    {
        yield return draw => nn.BatchNorm1d(count, affine: draw.Yes);
        yield return draw => nn.Sequential(nn.Linear(count, 5), nn.BatchNorm1d(5));
        if (count % 2 == 0) yield return draw => nn.Unflatten(1, draw.Of<long[]>([2, -1], [-1, 2]));
        if (count % 4 == 0) yield return _ => nn.Unflatten(1, [2, 2, -1]);
    }

    private static IEnumerable<Func<Draw, Layer>> Channels(long[] shape)
    {
        var channels = shape[0];
        yield return draw => nn.PReLU(draw.Of(1, channels), draw.Between(0.1, 0.6));
        yield return draw => nn.LocalResponseNorm(draw.From(1, 4), 0.1);
        yield return draw => nn.Flatten(draw.From(1, 2), draw.Of(-1L, -1, 2));
        if (channels % 2 == 0) yield return _ => nn.ChannelShuffle(2);
        // Over a single number the norm is noise divided by epsilon.
        if (shape.Skip(1).Aggregate((a, b) => a * b) > 2)
            yield return draw => nn.GroupNorm(channels % 2 == 0 ? draw.From(1, 2) : 1, channels, 1e-3, draw.Yes);
    }

    private static IEnumerable<Func<Draw, Layer>> Sequences(long[] shape)
    {
        var (channels, length) = (shape[0], shape[1]);
        yield return draw => nn.Conv1d(channels, draw.From(1, 5), draw.From(1, 4), draw.From(1, 2), draw.From(0, 2), draw.From(1, 2), bias: draw.Yes);
        yield return draw => nn.Sequential(nn.Conv1d(channels, 4, 3, padding: 1, bias: draw.Yes), nn.BatchNorm1d(4, affine: draw.Yes));
        yield return draw => nn.ConvTranspose1d(channels, draw.From(1, 4), draw.From(2, 4), 2, draw.From(0, 1));
        yield return draw => nn.BatchNorm1d(channels, affine: draw.Yes);
        yield return draw => nn.MaxPool1d(draw.From(1, 3), draw.From(1, 2), ceil_mode: draw.Yes);
        yield return draw => nn.AvgPool1d(draw.From(1, 3), draw.From(1, 2), ceil_mode: draw.Yes, count_include_pad: draw.Yes);
        yield return draw => draw.Of<Layer>(nn.AdaptiveAvgPool1d(draw.From(1, 5)), nn.AdaptiveMaxPool1d(draw.From(1, 5)));
        yield return draw => draw.Of<Layer>(nn.ReflectionPad1d(1), nn.ReplicationPad1d(2), nn.ConstantPad1d(1, 0.3));
        yield return draw => draw.Of(nn.Upsample(null, [2]), nn.Upsample(null, [1.5], UpsampleMode.Linear, draw.Yes));
        yield return draw => new SequenceOutput(draw.Of<nn.Module>(
            nn.GRU(length, 3, draw.From(1, 2), draw.Yes, batchFirst: true, bidirectional: draw.Yes),
            nn.LSTM(length, 3, draw.From(1, 2), draw.Yes, batchFirst: true, bidirectional: draw.Yes),
            nn.RNN(length, 3, draw.From(1, 2), draw.Of(nn.NonLinearities.ReLU, nn.NonLinearities.Tanh), draw.Yes, batchFirst: true, bidirectional: draw.Yes)));
        if (length > 2) yield return draw => nn.InstanceNorm1d(channels, 1e-3, affine: draw.Yes);
        if (length % 2 == 0) yield return draw => new BatchFirst(nn.TransformerEncoderLayer(length, 2, 8, 0.1, draw.Of(nn.Activations.ReLU, nn.Activations.GELU)));
    }

    private static IEnumerable<Func<Draw, Layer>> Images(long[] shape)
    {
        var (channels, height, width) = (shape[0], shape[1], shape[2]);
        yield return draw => nn.Conv2d(
            channels, draw.From(1, 5), (draw.From(1, 3), draw.From(1, 3)), (draw.From(1, 2), 1), (draw.From(0, 1), 1), (1, draw.From(1, 2)), bias: draw.Yes);
        yield return draw => nn.Conv2d(channels, channels, 3, padding: 1, padding_mode: draw.Of(TorchSharp.PaddingModes.Reflect, TorchSharp.PaddingModes.Circular), groups: channels);
        yield return draw => nn.Sequential(nn.Conv2d(channels, 3, 3, padding: 1, bias: draw.Yes), nn.BatchNorm2d(3, affine: draw.Yes), nn.ReLU());
        yield return draw => nn.Sequential(nn.ConvTranspose2d(channels, 3, 2, stride: 2, bias: draw.Yes), nn.BatchNorm2d(3));
        yield return draw => nn.BatchNorm2d(channels, affine: draw.Yes);
        yield return draw => nn.MaxPool2d(draw.From(1, 3), draw.From(1, 2), ceil_mode: draw.Yes);
        yield return draw => nn.AvgPool2d(draw.From(1, 3), draw.From(1, 2), ceil_mode: draw.Yes, count_include_pad: draw.Yes);
        yield return draw => draw.Of<Layer>(nn.AdaptiveAvgPool2d(draw.Each(2, 1, 3)), nn.AdaptiveMaxPool2d(draw.Each(2, 1, 3)));
        yield return draw => draw.Of<Layer>(nn.ZeroPad2d((1, 0, 2, 1)), nn.ConstantPad2d(1, -0.4), nn.ReplicationPad2d(1));
        yield return draw => draw.Of(nn.Upsample(null, [1.5, 2]), nn.Upsample(null, [1.5, 2], draw.Of(UpsampleMode.Bilinear, UpsampleMode.Bicubic), draw.Yes));
        yield return _ => nn.Softmax2d();
        yield return draw => nn.Dropout2d();
        yield return draw => nn.Unfold(draw.From(1, 2));
        if (channels % 4 == 0) yield return _ => nn.PixelShuffle(2);
        if (height % 2 == 0 && width % 2 == 0) yield return _ => nn.PixelUnshuffle(2);
        if (height * width > 2) yield return draw => nn.InstanceNorm2d(channels, 1e-3, affine: draw.Yes);
    }

    private static IEnumerable<Func<Draw, Layer>> Volumes(long[] shape)
    {
        var channels = shape[0];
        yield return draw => nn.Conv3d(channels, draw.From(1, 3), draw.From(1, 3), padding: 1, bias: draw.Yes);
        yield return draw => nn.ConvTranspose3d(channels, 2, 2, stride: draw.From(1, 2));
        yield return draw => nn.BatchNorm3d(channels, affine: draw.Yes);
        yield return draw => draw.Of<Layer>(nn.MaxPool3d(2, ceil_mode: draw.Yes), nn.AvgPool3d([2L, 2, 2], ceil_mode: draw.Yes));
        yield return draw => nn.AdaptiveAvgPool3d(draw.Each(3, 1, 2));
        yield return _ => nn.ReplicationPad3d(1);
        if (shape.Skip(1).Aggregate((a, b) => a * b) > 2) yield return draw => nn.InstanceNorm3d(channels, 1e-3, affine: draw.Yes);
    }
}
