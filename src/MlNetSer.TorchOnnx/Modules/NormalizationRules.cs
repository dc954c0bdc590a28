using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Batch normalisation that was not folded into the layer before it, and the norms that go by the input's own statistics.</summary>
internal static class NormalizationRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<BatchNorm1d>(BatchNorm),
        ModuleRule.Of<BatchNorm2d>(BatchNorm),
        ModuleRule.Of<BatchNorm3d>(BatchNorm),
        ModuleRule.Of<InstanceNorm1d>((onnx, norm, x) => onnx.Batched(norm, 3, x, batch => InstanceNorm(onnx, norm, batch))),
        ModuleRule.Of<InstanceNorm2d>((onnx, norm, x) => onnx.Batched(norm, 4, x, batch => InstanceNorm(onnx, norm, batch))),
        ModuleRule.Of<InstanceNorm3d>((onnx, norm, x) => onnx.Batched(norm, 5, x, batch => InstanceNorm(onnx, norm, batch))),
        ModuleRule.Of<LayerNorm>(LayerNorm),
        ModuleRule.Of<GroupNorm>(GroupNorm),
        ModuleRule.Of<LocalResponseNorm>(LocalResponseNorm),
    ];

    private static OnnxValue BatchNorm(OnnxExporter onnx, NormBase norm, OnnxValue x) =>
        norm.running_mean is { } mean && norm.running_var is { } variance
            ? ByRunningStatistics(onnx, norm, x, mean, variance)
            : ByBatchStatistics(onnx, norm, x);

    private static OnnxValue ByRunningStatistics(OnnxExporter onnx, NormBase norm, OnnxValue x, Tensor mean, Tensor variance) => onnx.Graph.Node(
        "BatchNormalization",
        [x, Scale(onnx, norm), Shift(onnx, norm), onnx.Weight("running_mean", mean), onnx.Weight("running_var", variance)],
        ("epsilon", (float)norm.eps));

    /// <summary>A norm that keeps no running statistics takes those of the batch in evaluation too.</summary>
    private static OnnxValue ByBatchStatistics(OnnxExporter onnx, NormBase norm, OnnxValue x)
    {
        var graph = onnx.Graph;
        var rank = onnx.Rank(norm);
        long[] axes = [0, .. Enumerable.Range(2, rank - 2).Select(axis => (long)axis)];
        var centred = x - graph.ReduceMean(x, axes);
        var deviation = graph.Sqrt(graph.ReduceMean(centred * centred, axes) + graph.Scalar((float)norm.eps));
        var normalised = centred / deviation;
        if (!norm.affine) return normalised;
        long[] perChannel = [-1, .. Enumerable.Repeat(1L, rank - 2)];
        return normalised * onnx.Weight("weight", () => norm.weight.view(perChannel)) + onnx.Weight("bias", () => norm.bias!.view(perChannel));
    }

    private static OnnxValue InstanceNorm(OnnxExporter onnx, InstanceNorm norm, OnnxValue x) =>
        norm.track_running_stats && norm.running_mean is { } mean && norm.running_var is { } variance
            ? ByRunningStatistics(onnx, norm, x, mean, variance)
            : onnx.Graph.Node("InstanceNormalization", [x, Scale(onnx, norm), Shift(onnx, norm)], ("epsilon", (float)norm.eps));

    private static OnnxValue Scale(OnnxExporter onnx, NormBase norm) =>
        onnx.Weight("weight", () => norm.affine ? norm.weight : ones(norm.num_features));

    private static OnnxValue Shift(OnnxExporter onnx, NormBase norm) =>
        onnx.Weight("bias", () => norm.affine ? norm.bias! : zeros(norm.num_features));

    private static OnnxValue LayerNorm(OnnxExporter onnx, LayerNorm norm, OnnxValue x) => onnx.Graph.Node(
        "LayerNormalization",
        [
            x,
            onnx.Weight("weight", () => norm.elementwise_affine ? norm.weight : ones(norm.normalized_shape)),
            norm.bias is { } bias ? onnx.Weight("bias", bias) : null,
        ],
        ("axis", -norm.normalized_shape.Length), ("epsilon", (float)norm.eps));

    /// <summary>An instance norm over groups of channels laid out as one, then scale and shift per channel.</summary>
    private static OnnxValue GroupNorm(OnnxExporter onnx, GroupNorm norm, OnnxValue x)
    {
        var graph = onnx.Graph;
        var normalised = graph.Node(
            "InstanceNormalization",
            [
                graph.Reshape(x, 0, norm.num_groups, -1),
                onnx.Weight("group_scale", () => ones(norm.num_groups)),
                onnx.Weight("group_shift", () => zeros(norm.num_groups)),
            ],
            ("epsilon", (float)norm.eps));
        normalised = graph.Reshape(normalised, onnx.ShapeOf(norm, x));
        if (!norm.affine) return normalised;
        long[] perChannel = [-1, .. Enumerable.Repeat(1L, onnx.Rank(norm) - 2)];
        return normalised * onnx.Weight("weight", () => norm.weight.view(perChannel)) + onnx.Weight("bias", () => norm.bias!.view(perChannel));
    }

    /// <summary>
    /// x / (k + alpha · mean of x² over neighbouring channels)^beta. ONNX's own operator puts the odd neighbour of an even window on the other
    /// side, so the mean is a pooling with channels as one spatial dimension.
    /// </summary>
    private static OnnxValue LocalResponseNorm(OnnxExporter onnx, LocalResponseNorm norm, OnnxValue x)
    {
        var graph = onnx.Graph;
        var planes = graph.Reshape(x * x, onnx.Shape(0, 1, onnx.Size(norm, x, 1), -1));
        var mean = graph.Node(
            "AveragePool", [planes],
            ("kernel_shape", new[] { norm.size, 1 }), ("pads", new[] { norm.size / 2, 0, (norm.size - 1) / 2, 0 }), ("count_include_pad", 1L));
        var divisor = graph.Pow(
            graph.Reshape(mean, onnx.ShapeOf(norm, x)) * graph.Scalar((float)norm.alpha) + graph.Scalar((float)norm.k), graph.Scalar((float)norm.beta));
        return x / divisor;
    }
}
