using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// Batch normalisation in evaluation mode is y = s·x + t with s = gamma / sqrt(var + eps), t = beta - s·mean per channel; after a layer that
/// is linear in its weights it is a change of those weights: W' = s·W, b' = s·b + t.
/// </summary>
internal static class BatchNormFolding
{
    /// <summary>The export of both modules as one layer; null where the second is no batch normalisation that belongs to the first.</summary>
    internal static Func<OnnxValue, OnnxValue>? Folded(OnnxExporter onnx, nn.Module layer, nn.Module next)
    {
        if (next is not BatchNorm { running_mean: not null, running_var: not null } norm) return null;
        return layer switch
        {
            Convolution { transposed: false } conv when norm.num_features == conv.out_channels =>
                x => ConvolutionRules.Convolve(onnx, conv, x, Weights(conv.weight, conv.bias, norm, channelAxis: 0)),
            Convolution { transposed: true, groups: 1 } conv when norm.num_features == conv.out_channels =>
                x => ConvolutionRules.ConvolveTransposed(onnx, conv, x, Weights(conv.weight, conv.bias, norm, channelAxis: 1)),
            // With three dimensions the norm's channels are the second one, not the layer's features.
            Linear linear when norm.num_features == linear.out_features && onnx.InputShape(norm) is { Count: 2 } =>
                x => LinearRules.Multiply(onnx, linear, x, Weights(linear.weight, linear.bias, norm, channelAxis: 0)),
            _ => null,
        };
    }

    private static LayerWeights Weights(Tensor weight, Tensor? bias, BatchNorm norm, int channelAxis) => new(
        () =>
        {
            var perChannel = Enumerable.Repeat(1L, (int)weight.dim()).ToArray();
            perChannel[channelAxis] = -1;
            // The scale is computed in double precision; applying it in that would take three times the weight's memory.
            return weight.detach().cpu() * Scale(norm).view(perChannel).to(weight.dtype);
        },
        () =>
        {
            var scale = Scale(norm);
            var shift = norm.affine ? Wide(norm.bias!) - Wide(norm.running_mean!) * scale : -Wide(norm.running_mean!) * scale;
            return bias is null ? shift : Wide(bias) * scale + shift;
        });

    private static Tensor Scale(BatchNorm norm)
    {
        var scale = (Wide(norm.running_var!) + norm.eps).rsqrt();
        return norm.affine ? Wide(norm.weight) * scale : scale;
    }

    private static Tensor Wide(Tensor tensor) => tensor.detach().cpu().to(ScalarType.Float64);
}
