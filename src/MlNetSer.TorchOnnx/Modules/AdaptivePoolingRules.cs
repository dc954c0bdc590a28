using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Pooling to a given output size: output cell i covers the inputs from floor(i·n/m) to ceil((i+1)·n/m), of n inputs and m cells.</summary>
internal static class AdaptivePoolingRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<AdaptiveAvgPool1d>((onnx, pool, x) => Pool(onnx, x, [pool.output_size], "GlobalAveragePool")),
        ModuleRule.Of<AdaptiveAvgPool2d>((onnx, pool, x) => Pool(onnx, x, pool.output_size, "GlobalAveragePool")),
        ModuleRule.Of<AdaptiveAvgPool3d>((onnx, pool, x) => Pool(onnx, x, pool.output_size, "GlobalAveragePool")),
        ModuleRule.Of<AdaptiveMaxPool1d>((onnx, pool, x) => Pool(onnx, x, [pool.output_size], "GlobalMaxPool")),
        ModuleRule.Of<AdaptiveMaxPool2d>((onnx, pool, x) => Pool(onnx, x, pool.output_size, "GlobalMaxPool")),
        ModuleRule.Of<AdaptiveMaxPool3d>((onnx, pool, x) => Pool(onnx, x, pool.output_size, "GlobalMaxPool")),
    ];

    private static OnnxValue Pool(OnnxExporter onnx, OnnxValue x, long[] size, string global) => size.All(n => n == 1)
        ? onnx.Graph.Node(global, [x])
        : throw new OnnxExportException($"'{onnx.Path}': adaptive pooling to [{string.Join(", ", size)}]; expected 1 everywhere");
}
