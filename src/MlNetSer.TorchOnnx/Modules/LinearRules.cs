using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Linear and bilinear layers, and embeddings.</summary>
internal static class LinearRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Linear>((onnx, linear, x) => Multiply(onnx, linear, x, LayerWeights.Of(linear.weight, linear.bias))),
        ModuleRule.OfPair<Bilinear>(Multiply),
        ModuleRule.Of<Embedding>((onnx, embedding, x) =>
            onnx.Graph.Gather(onnx.Weight("weight", () => EmbeddingTable.Of(embedding), channelAxis: 0), x)),
    ];

    internal static OnnxValue Multiply(OnnxExporter onnx, Linear linear, OnnxValue x, LayerWeights weights)
    {
        if (onnx.InputShape(linear) is { Count: 2 } && onnx.Format != WeightFormat.Int8)
        {
            var bias = weights.Bias is null ? null : onnx.Weight("bias", weights.Bias);
            return onnx.Graph.Gemm(x, onnx.Weight("weight", weights.Weight, channelAxis: 0), bias, transposeB: true);
        }
        var product = onnx.MatMul(x, "weight_transposed", () => weights.Weight().t());
        return weights.Bias is null ? product : product + onnx.Weight("bias", weights.Bias);
    }

    /// <summary>y_o = Σ_ij a_i W_oij b_j: [.., o, i] = b · W' first, then the sum over i with a.</summary>
    private static OnnxValue Multiply(OnnxExporter onnx, Bilinear bilinear, OnnxValue a, OnnxValue b)
    {
        var graph = onnx.Graph;
        // [.., 1, 1, j] times [o, j, i] gives [.., o, 1, i]
        var weight = onnx.Weight("weight_transposed", () => bilinear.weight.transpose(1, 2), channelAxis: 0);
        var product = graph.MatMul(graph.Unsqueeze(b, -2, -3), weight);
        var sum = graph.ReduceSum(product * graph.Unsqueeze(a, -2, -3), [-1, -2], keepDimensions: false);
        return bilinear.bias is { } bias ? sum + onnx.Weight("bias", bias) : sum;
    }
}
