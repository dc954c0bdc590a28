using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Linear and bilinear layers, and embeddings.</summary>
internal static class LinearRules
{
    internal static IReadOnlyList<ModuleRule> Rules => [ModuleRule.Of<Linear>((onnx, linear, x) => Multiply(onnx, linear, x, LayerWeights.Of(linear.weight, linear.bias)))];

    internal static OnnxValue Multiply(OnnxExporter onnx, Linear linear, OnnxValue x, LayerWeights weights)
    {
        if (onnx.InputShape(linear) is { Count: 2 })
        {
            var bias = weights.Bias is null ? null : onnx.Weight("bias", weights.Bias);
            return onnx.Graph.Gemm(x, onnx.Weight("weight", weights.Weight), bias, transposeB: true);
        }
        var product = onnx.Graph.MatMul(x, onnx.Weight("weight_transposed", () => weights.Weight().t()));
        return weights.Bias is null ? product : product + onnx.Weight("bias", weights.Bias);
    }
}
