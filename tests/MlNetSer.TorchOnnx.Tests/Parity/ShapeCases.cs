using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class ShapeCases
{
    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(Flatten)] = draw => new(nn.Flatten(draw.From(0, 2), draw.Of(-1L, -2, 2, 3)), Shape(draw, 4)),
        [typeof(Unflatten)] = Unflatten,
        [typeof(PixelShuffle)] = draw => Item(draw, nn.PixelShuffle(2), [4 * draw.From(1, 3), draw.From(1, 4), draw.From(1, 4)]),
        [typeof(PixelUnshuffle)] = draw => Item(draw, nn.PixelUnshuffle(2), [draw.From(1, 3), 2 * draw.From(1, 3), 2 * draw.From(1, 3)]),
        [typeof(ChannelShuffle)] = draw => new(nn.ChannelShuffle(draw.Of(1L, 2, 3)), ["batch", 6, draw.From(1, 4), draw.From(1, 4)]),
        [typeof(Unfold)] = draw => new(
            nn.Unfold((draw.From(1, 3), draw.From(1, 3)), (draw.From(1, 2), draw.From(1, 2)), (draw.From(0, 2), draw.From(0, 2)), (draw.From(1, 3), draw.From(1, 3))),
            ["batch", draw.From(1, 3), draw.From(6, 9), draw.From(6, 9)]),
        [typeof(Fold)] = Fold,
        [typeof(Upsample)] = Upsample,
        [typeof(ZeroPad2d)] = draw => Item(draw, nn.ZeroPad2d(Four(draw.Each(4, 0, 3))), [2, 4, 5]),
        [typeof(ConstantPad1d)] = draw => Item(draw, nn.ConstantPad1d((draw.From(0, 3), draw.From(-1, 3)), draw.Between(-2, 2)), [2, 6]),
        [typeof(ConstantPad2d)] = draw => Item(draw, nn.ConstantPad2d(Four(draw.Each(4, -1, 3)), draw.Between(-2, 2)), [2, 4, 5]),
        [typeof(ConstantPad3d)] = draw => Item(draw, nn.ConstantPad3d(Six(draw.Each(6, 0, 2)), draw.Between(-2, 2)), [2, 3, 4, 3]),
        [typeof(ReflectionPad1d)] = draw => Item(draw, nn.ReflectionPad1d((draw.From(0, 3), draw.From(0, 3))), [2, 6]),
        [typeof(ReflectionPad2d)] = draw => Item(draw, nn.ReflectionPad2d(Four(draw.Each(4, 0, 3))), [2, 4, 5]),
        [typeof(ReflectionPad3d)] = draw => Item(draw, nn.ReflectionPad3d(Six(draw.Each(6, 0, 2))), [2, 3, 4, 3]),
        [typeof(ReplicationPad1d)] = draw => Item(draw, nn.ReplicationPad1d((draw.From(0, 3), draw.From(0, 3))), [2, 6]),
        [typeof(ReplicationPad2d)] = draw => Item(draw, nn.ReplicationPad2d(Four(draw.Each(4, 0, 3))), [2, 4, 5]),
        [typeof(ReplicationPad3d)] = draw => Item(draw, nn.ReplicationPad3d(Six(draw.Each(6, 0, 2))), [2, 3, 4, 3]),
        [typeof(Identity)] = draw => new(nn.Identity(), Shape(draw, 3)),
        [typeof(Dropout)] = draw => new(nn.Dropout(0.9), Shape(draw, 3)),
        [typeof(Dropout1d)] = draw => new(nn.Dropout1d(0.9), Shape(draw, 3)),
        [typeof(Dropout2d)] = draw => new(nn.Dropout2d(0.9), Shape(draw, 4)),
        [typeof(Dropout3d)] = draw => new(nn.Dropout3d(0.9), Shape(draw, 5)),
        [typeof(AlphaDropout)] = draw => new(nn.AlphaDropout(0.9), Shape(draw, 3)),
        [typeof(FeatureAlphaDropout)] = draw => new(nn.FeatureAlphaDropout(0.9), Shape(draw, 4)),
    };

    private static OnnxDimension[] Shape(Draw draw, int rank) => ["batch", .. draw.Each(rank - 1, 1, 4).Select(OnnxDimension.Fixed)];

    private static LayerCase Item(Draw draw, nn.Module module, params OnnxDimension[] item) =>
        draw.Of(0, 1, 2) == 0 ? new(module, item) : new(module, ["batch", .. item]);

    private static (long, long, long, long) Four(long[] pads) => (pads[0], pads[1], pads[2], pads[3]);

    private static (long, long, long, long, long, long) Six(long[] pads) => (pads[0], pads[1], pads[2], pads[3], pads[4], pads[5]);

    private static LayerCase Unflatten(Draw draw)
    {
        var (first, second) = (draw.From(1, 3), draw.From(1, 3));
        var axis = draw.From(1, 2);
        var module = nn.Unflatten(axis, draw.Yes ? [first, second] : [first, -1]);
        return new(module, axis == 1 ? ["batch", first * second, draw.From(1, 4)] : ["batch", draw.From(1, 4), first * second]);
    }

    private static LayerCase Fold(Draw draw)
    {
        var (size, kernel) = (draw.Each(2, 6, 9), draw.Each(2, 1, 3));
        var (dilation, padding, stride) = (draw.Each(2, 1, 2), draw.Each(2, 0, 1), draw.Each(2, 1, 3));
        var windows = Enumerable.Range(0, 2).Select(i => (size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i] + 1).ToArray();
        var module = nn.Fold(
            (size[0], size[1]), (kernel[0], kernel[1]), (dilation[0], dilation[1]), (padding[0], padding[1]), (stride[0], stride[1]));
        return Item(draw, module, [draw.From(1, 3) * kernel[0] * kernel[1], windows[0] * windows[1]]);
    }

    private static LayerCase Upsample(Draw draw)
    {
        var mode = draw.Of(UpsampleMode.Nearest, UpsampleMode.Linear, UpsampleMode.Bilinear, UpsampleMode.Bicubic, UpsampleMode.Trilinear);
        var dimensions = mode switch
        {
            UpsampleMode.Nearest => (int)draw.From(1, 3),
            UpsampleMode.Linear => 1,
            UpsampleMode.Trilinear => 3,
            _ => 2,
        };
        bool? aligned = mode == UpsampleMode.Nearest ? null : draw.Yes;
        var bySize = draw.Yes;
        var module = nn.Upsample(
            bySize ? draw.Each(dimensions, 2, 9) : null,
            bySize ? null : [.. Enumerable.Range(0, dimensions).Select(_ => draw.Of(0.5, 1, 1.5, 2, 2.3))],
            mode, aligned, bySize ? null : draw.Yes);
        return new(module, ["batch", 2, .. draw.Each(dimensions, 3, 6).Select(OnnxDimension.Fixed)]);
    }
}
