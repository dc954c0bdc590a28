using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Writes weights into the graph in one of the <see cref="WeightFormat"/>s.</summary>
internal static class StoredWeight
{
    /// <summary>8-bit weights are unsigned around this, because products of unsigned by signed bytes saturate on processors without VNNI.</summary>
    private const byte Zero = 128;

    /// <summary>The weight as a float32 value, whatever it is stored as.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Its name.</param>
    /// <param name="weight">Its values.</param>
    /// <param name="channelAxis">The dimension of its output channels.</param>
    /// <param name="format">What to store it as.</param>
    internal static OnnxValue Write(OnnxGraphBuilder graph, string name, Tensor weight, int channelAxis, WeightFormat format)
    {
        switch (format)
        {
            case WeightFormat.Float16:
                var half = graph.Initializer(name, WeightReader.Read(weight, ScalarType.Float16));
                return graph.Cast(half, OnnxElementType.Float32);
            case WeightFormat.Int8:
                var (values, scales) = Quantise(weight, channelAxis);
                var quantised = graph.Initializer(name, WeightReader.Read(values));
                var scale = graph.Initializer($"{name}_scale", WeightReader.Read(scales));
                var zero = graph.Initializer($"{name}_zero", WeightReader.Read(full_like(scales, Zero, dtype: ScalarType.Byte)));
                return graph.Node("DequantizeLinear", [quantised, scale, zero], ("axis", channelAxis));
            default:
                return graph.Initializer(name, WeightReader.Read(weight));
        }
    }

    /// <summary>x · weight for a weight [inputs, outputs], with x quantised as it comes.</summary>
    internal static OnnxValue MultiplyQuantised(OnnxGraphBuilder graph, OnnxValue x, string name, Tensor weight)
    {
        var (values, scales) = Quantise(weight, channelAxis: 1);
        var input = graph.Nodes("DynamicQuantizeLinear", 3, [x]);
        var product = graph.Node(
            "MatMulInteger", [input[0], graph.Initializer(name, WeightReader.Read(values)), input[2], graph.Scalar(Zero)]);
        return graph.Cast(product, OnnxElementType.Float32) * (input[1] * graph.Initializer($"{name}_scale", WeightReader.Read(scales)));
    }

    /// <summary>Bytes, and one scale per channel such that weight ≈ (byte - 128) · scale.</summary>
    private static (Tensor Values, Tensor Scales) Quantise(Tensor weight, int channelAxis)
    {
        var values = weight.detach().cpu().to(ScalarType.Float32);
        long[] others = [.. Enumerable.Range(0, (int)values.dim()).Where(axis => axis != channelAxis).Select(axis => (long)axis)];
        var largest = values.abs().amax(others, keepdim: true);
        // A channel of zeros takes any scale.
        var scales = where(largest == 0, ones_like(largest), largest / 127);
        return ((values / scales).round().clamp(-127, 127).add(Zero).to(ScalarType.Byte), scales.flatten());
    }
}
