using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Batch normalisation that was not folded into the layer before it.</summary>
internal static class NormalizationRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<BatchNorm1d>(BatchNorm),
        ModuleRule.Of<BatchNorm2d>(BatchNorm),
        ModuleRule.Of<BatchNorm3d>(BatchNorm),
    ];

    private static OnnxValue BatchNorm(OnnxExporter onnx, NormBase norm, OnnxValue x)
    {
        if (norm.running_mean is not { } mean || norm.running_var is not { } variance) throw new OnnxExportException("batch statistics");
        return onnx.Graph.Node(
            "BatchNormalization",
            [
                x,
                onnx.Weight("weight", () => norm.affine ? norm.weight : ones(norm.num_features)),
                onnx.Weight("bias", () => norm.affine ? norm.bias! : zeros(norm.num_features)),
                onnx.Weight("running_mean", mean),
                onnx.Weight("running_var", variance),
            ],
            ("epsilon", (float)norm.eps));
    }
}
