using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class NormalizationCases
{
    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(BatchNorm1d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.BatchNorm1d(channels, eps, 0.1, affine, track), draw.Yes ? 0 : 1),
        [typeof(BatchNorm2d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.BatchNorm2d(channels, eps, 0.1, affine, track), 2),
        [typeof(BatchNorm3d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.BatchNorm3d(channels, eps, 0.1, affine, track), 3),
        [typeof(InstanceNorm1d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.InstanceNorm1d(channels, eps, 0.1, affine, track), 1, alsoSingle: true),
        [typeof(InstanceNorm2d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.InstanceNorm2d(channels, eps, 0.1, affine, track), 2, alsoSingle: true),
        [typeof(InstanceNorm3d)] = draw => Norm(draw, (channels, eps, affine, track) => nn.InstanceNorm3d(channels, eps, 0.1, affine, track), 3, alsoSingle: true),
        [typeof(LayerNorm)] = LayerNorm,
        [typeof(GroupNorm)] = GroupNorm,
        [typeof(LocalResponseNorm)] = LocalResponseNorm,
    };

    private static LayerCase Norm(Draw draw, Func<long, double, bool, bool, nn.Module> create, int dimensions, bool alsoSingle = false)
    {
        var channels = draw.From(1, 4);
        var module = create(channels, draw.Of(1e-5, 1e-3), draw.Yes, draw.Yes);
        RandomStatistics.Fill(module);
        OnnxDimension[] item = [channels, .. draw.Each(dimensions, 2, 5).Select(OnnxDimension.Fixed)];
        // Statistics over a batch of one item of one number would divide zero by zero.
        var sizes = new Dictionary<string, IReadOnlyList<long>> { ["batch"] = [2, 4] };
        return alsoSingle && draw.Yes ? new(module, item) : new(module, ["batch", .. item]) { Sizes = sizes };
    }

    private static LayerCase LayerNorm(Draw draw)
    {
        var shape = draw.Each((int)draw.From(1, 2), 2, 5);
        var module = nn.LayerNorm(shape, draw.Of(1e-5, 1e-3), draw.Yes, draw.Yes);
        RandomStatistics.Fill(module);
        return new(module, ["batch", 3, .. shape.Select(OnnxDimension.Fixed)]);
    }

    private static LayerCase GroupNorm(Draw draw)
    {
        var (groups, perGroup) = (draw.From(1, 3), draw.From(1, 3));
        var module = nn.GroupNorm(groups, groups * perGroup, draw.Of(1e-5, 1e-3), draw.Yes);
        RandomStatistics.Fill(module);
        return new(module, ["batch", groups * perGroup, .. draw.Each((int)draw.From(1, 3), 2, 4).Select(OnnxDimension.Fixed)]);
    }

    private static LayerCase LocalResponseNorm(Draw draw) => new(
        nn.LocalResponseNorm(draw.From(1, 5), draw.Between(1e-4, 1), draw.Between(0.3, 1), draw.Between(0.5, 2)),
        ["batch", draw.From(3, 8), .. draw.Each((int)draw.From(1, 3), 2, 4).Select(OnnxDimension.Fixed)]);
}
