using MlNetSer.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class ConvolutionCases
{
    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(Conv1d)] = draw => Convolution(draw, 1),
        [typeof(Conv2d)] = draw => Convolution(draw, 2),
        [typeof(Conv3d)] = draw => Convolution(draw, 3),
        [typeof(ConvTranspose1d)] = draw => Transposed(draw, 1),
        [typeof(ConvTranspose2d)] = draw => Transposed(draw, 2),
        [typeof(ConvTranspose3d)] = draw => Transposed(draw, 3),
    };

    private static LayerCase Convolution(Draw draw, int dimensions)
    {
        var groups = draw.From(1, 2);
        var (inputs, outputs) = (groups * draw.From(1, 2), groups * draw.From(1, 3));
        var kernel = draw.Each(dimensions, 1, 3);
        var dilation = draw.Each(dimensions, 1, 2);
        // Circular padding of three dimensions is not in libtorch's own padding.
        var mode = dimensions == 3 ? PaddingModes.Zeros : draw.Of(PaddingModes.Zeros, PaddingModes.Zeros, PaddingModes.Reflect, PaddingModes.Replicate, PaddingModes.Circular);
        var bias = draw.Yes;
        nn.Module module;
        if (draw.Of(0, 1, 2) == 0)
        {
            var type = draw.Of(Padding.Valid, Padding.Same);
            module = dimensions switch
            {
                1 => nn.Conv1d(inputs, outputs, kernel[0], type, dilation: dilation[0], padding_mode: mode, groups: groups, bias: bias),
                2 => nn.Conv2d(inputs, outputs, Pair(kernel), type, dilation: Pair(dilation), padding_mode: mode, groups: groups, bias: bias),
                _ => nn.Conv3d(inputs, outputs, Triple(kernel), type, dilation: Triple(dilation), padding_mode: mode, groups: groups, bias: bias),
            };
        }
        else
        {
            var stride = draw.Each(dimensions, 1, 3);
            var padding = draw.Each(dimensions, 0, 2);
            module = dimensions switch
            {
                1 => nn.Conv1d(inputs, outputs, kernel[0], stride[0], padding[0], dilation[0], mode, groups, bias),
                2 => nn.Conv2d(inputs, outputs, Pair(kernel), Pair(stride), Pair(padding), Pair(dilation), mode, groups, bias),
                _ => nn.Conv3d(inputs, outputs, Triple(kernel), Triple(stride), Triple(padding), Triple(dilation), mode, groups, bias),
            };
        }
        return Case(draw, module, inputs, draw.Each(dimensions, 6, 9));
    }

    private static LayerCase Transposed(Draw draw, int dimensions)
    {
        var groups = draw.From(1, 2);
        var (inputs, outputs) = (groups * draw.From(1, 2), groups * draw.From(1, 3));
        var (kernel, stride, padding, dilation) =
            (draw.Each(dimensions, 2, 4), draw.Each(dimensions, 2, 3), draw.Each(dimensions, 0, 1), draw.Each(dimensions, 1, 2));
        var extra = draw.Each(dimensions, 0, 1);
        var bias = draw.Yes;
        nn.Module module = dimensions switch
        {
            1 => nn.ConvTranspose1d(inputs, outputs, kernel[0], stride[0], padding[0], extra[0], dilation[0], groups: groups, bias: bias),
            2 => nn.ConvTranspose2d(inputs, outputs, Pair(kernel), Pair(stride), Pair(padding), Pair(extra), Pair(dilation), groups: groups, bias: bias),
            _ => nn.ConvTranspose3d(
                inputs, outputs, Triple(kernel), Triple(stride), Triple(padding), Triple(extra), Triple(dilation), groups: groups, bias: bias),
        };
        return Case(draw, module, inputs, draw.Each(dimensions, 3, 6));
    }

    /// <summary>A batch of any size, or now and then a single item.</summary>
    private static LayerCase Case(Draw draw, nn.Module module, long channels, long[] sizes)
    {
        OnnxDimension[] item = [channels, .. sizes.Select(OnnxDimension.Fixed)];
        return draw.Of(0, 1, 2, 3) == 0 ? new(module, item) : new(module, ["batch", .. item]);
    }

    internal static (long, long) Pair(long[] values) => (values[0], values[1]);

    internal static (long, long, long) Triple(long[] values) => (values[0], values[1], values[2]);
}
