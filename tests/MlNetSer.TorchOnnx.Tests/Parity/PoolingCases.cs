using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class PoolingCases
{
    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(MaxPool1d)] = draw => Window(draw, 1, (k, s, p) => nn.MaxPool1d(k[0], s?[0], p[0], draw.From(1, 2), draw.Yes)),
        [typeof(MaxPool2d)] = draw => Window(draw, 2, (k, s, p) => nn.MaxPool2d(k, s, p, draw.Each(2, 1, 2), draw.Yes)),
        [typeof(MaxPool3d)] = draw => Window(draw, 3, (k, s, p) => nn.MaxPool3d(k, s, p, draw.Each(3, 1, 2), draw.Yes)),
        [typeof(AvgPool1d)] = draw => Window(draw, 1, (k, s, p) => nn.AvgPool1d(k[0], s?[0], p[0], draw.Yes, draw.Yes)),
        [typeof(AvgPool2d)] = draw => Window(draw, 2, (k, s, p) => nn.AvgPool2d(k, s, p, draw.Yes, draw.Yes, draw.Yes ? draw.From(1, 9) : null)),
        [typeof(AvgPool3d)] = draw => Window(draw, 3, (k, s, p) => nn.AvgPool3d(k, s, p, draw.Yes, draw.Yes, draw.Yes ? draw.From(1, 9) : null)),
        [typeof(LPPool1d)] = draw => Window(draw, 1, (k, s, _) => nn.LPPool1d(draw.Of(1.0, 2, 3), k[0], s?[0], draw.Yes)),
        [typeof(LPPool2d)] = draw => Window(draw, 2, (k, s, _) => nn.LPPool2d(draw.Of(1.0, 2, 3), k, s, draw.Yes)),
        [typeof(AdaptiveAvgPool1d)] = draw => Adaptive(draw, 1, cells => nn.AdaptiveAvgPool1d(cells[0])),
        [typeof(AdaptiveAvgPool2d)] = draw => Adaptive(draw, 2, cells => nn.AdaptiveAvgPool2d(cells)),
        [typeof(AdaptiveAvgPool3d)] = draw => Adaptive(draw, 3, cells => nn.AdaptiveAvgPool3d(cells)),
        [typeof(AdaptiveMaxPool1d)] = draw => Adaptive(draw, 1, cells => nn.AdaptiveMaxPool1d(cells[0])),
        [typeof(AdaptiveMaxPool2d)] = draw => Adaptive(draw, 2, cells => nn.AdaptiveMaxPool2d(cells)),
    };

    private static LayerCase Window(Draw draw, int dimensions, Func<long[], long[]?, long[], nn.Module> create)
    {
        var kernel = draw.Each(dimensions, 1, 4);
        var stride = draw.Yes ? draw.Each(dimensions, 1, 4) : null;
        long[] padding = [.. kernel.Select(size => draw.From(0, size / 2))];
        return Case(draw, create(kernel, stride, padding), draw.Each(dimensions, 7, 10));
    }

    private static LayerCase Adaptive(Draw draw, int dimensions, Func<long[], nn.Module> create)
    {
        var module = create(draw.Yes ? draw.Each(dimensions, 1, 1) : draw.Each(dimensions, 1, 6));
        if (draw.Yes) return Case(draw, module, draw.Each(dimensions, 3, 12));
        // Sizes known at run time only.
        string[] names = ["depth", "height", "width"];
        return new(module, ["batch", 2, .. names[^dimensions..].Select(OnnxDimension.Named)])
        {
            Sizes = names.ToDictionary(name => name, name => (IReadOnlyList<long>)draw.Each(3, 3, 12)),
        };
    }

    private static LayerCase Case(Draw draw, nn.Module module, long[] sizes)
    {
        OnnxDimension[] item = [draw.From(1, 3), .. sizes.Select(OnnxDimension.Fixed)];
        return draw.Of(0, 1, 2, 3) == 0 ? new(module, item) : new(module, ["batch", .. item]);
    }
}
