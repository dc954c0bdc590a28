using MlNetSer.Onnx;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Convolutions and transposed convolutions in one to three dimensions.</summary>
internal static class ConvolutionRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Conv1d>(Convolve),
        ModuleRule.Of<Conv2d>(Convolve),
        ModuleRule.Of<Conv3d>(Convolve),
        ModuleRule.Of<ConvTranspose1d>(ConvolveTransposed),
        ModuleRule.Of<ConvTranspose2d>(ConvolveTransposed),
        ModuleRule.Of<ConvTranspose3d>(ConvolveTransposed),
    ];

    internal static OnnxValue Convolve(OnnxExporter onnx, Convolution conv, OnnxValue x, LayerWeights weights)
    {
        var padsBefore = conv.padding_mode != PaddingModes.Zeros;
        return onnx.Batched(conv, conv.kernel_size.Length + 2, x, batch =>
        {
            if (padsBefore) batch = PaddingRules.PadEnds(onnx.Graph, batch, conv.kernel_size.Length + 2, TorchPads(conv), conv.padding_mode);
            return onnx.Graph.Node(
                "Conv",
                [batch, onnx.Weight("weight", weights.Weight, channelAxis: 0), weights.Bias is null ? null : onnx.Weight("bias", weights.Bias)],
                ("dilations", conv.dilation), ("group", conv.groups), ("kernel_shape", conv.kernel_size),
                ("pads", padsBefore ? new long[2 * conv.kernel_size.Length] : Pads(conv)), ("strides", conv.stride));
        });
    }

    internal static OnnxValue ConvolveTransposed(OnnxExporter onnx, Convolution conv, OnnxValue x, LayerWeights weights) =>
        onnx.Batched(conv, conv.kernel_size.Length + 2, x, batch => onnx.Graph.Node(
            "ConvTranspose",
            [batch, onnx.Weight("weight", weights.Weight, channelAxis: 1), weights.Bias is null ? null : onnx.Weight("bias", weights.Bias)],
            ("dilations", conv.dilation), ("group", conv.groups), ("kernel_shape", conv.kernel_size),
            // TorchSharp takes the first dimension's for all, so the export does.
            ("output_padding", (long[])[.. conv.output_padding.Select(_ => conv.output_padding[0])]),
            ("pads", Pads(conv)), ("strides", conv.stride)));

    private static OnnxValue Convolve(OnnxExporter onnx, Convolution conv, OnnxValue x) =>
        Convolve(onnx, conv, x, LayerWeights.Of(conv.weight, conv.bias));

    private static OnnxValue ConvolveTransposed(OnnxExporter onnx, Convolution conv, OnnxValue x) =>
        ConvolveTransposed(onnx, conv, x, LayerWeights.Of(conv.weight, conv.bias));

    /// <summary>What ONNX's attribute holds: how much to add at the start of every dimension, then how much at the end of every dimension.</summary>
    private static long[] Pads(Convolution conv)
    {
        if (conv.padding is { } padding) return [.. padding, .. padding];
        if (conv.padding_type != Padding.Same) return new long[2 * conv.kernel_size.Length];
        var total = conv.dilation.Zip(conv.kernel_size, (dilation, size) => dilation * (size - 1)).ToArray();
        return [.. total.Select(pad => pad / 2), .. total.Select(pad => pad - pad / 2)];
    }

    /// <summary>
    /// What TorchSharp hands to its own padding function: pairs of start and end, the last dimension first. For padding "same" it gives them
    /// in the order of the dimensions instead, which matters for kernels that are not square; the export does as the module does.
    /// </summary>
    private static long[] TorchPads(Convolution conv)
    {
        if (conv.padding is { } padding) return [.. padding.Reverse().SelectMany(pad => new[] { pad, pad })];
        if (conv.padding_type != Padding.Same) return new long[2 * conv.kernel_size.Length];
        return [.. conv.dilation.Zip(conv.kernel_size, (dilation, size) => dilation * (size - 1)).SelectMany(pad => new[] { pad / 2, pad - pad / 2 })];
    }
}
