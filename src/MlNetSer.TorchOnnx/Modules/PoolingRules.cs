using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Pooling with a window.</summary>
internal static class PoolingRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<MaxPool1d>((onnx, pool, x) => Max(onnx, x, [pool.kernel_size], One(pool.stride), One(pool.padding), One(pool.dilation), pool.ceil_mode)),
        ModuleRule.Of<MaxPool2d>((onnx, pool, x) => Max(onnx, x, pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode)),
        ModuleRule.Of<MaxPool3d>((onnx, pool, x) => Max(onnx, x, pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode)),
        ModuleRule.Of<AvgPool1d>((onnx, pool, x) => Average(onnx, x, [pool.kernel_size], One(pool.stride), One(pool.padding), pool.ceil_mode, pool.count_include_pad)),
        ModuleRule.Of<AvgPool2d>((onnx, pool, x) => Average(onnx, x, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.count_include_pad)),
        ModuleRule.Of<AvgPool3d>((onnx, pool, x) => Average(onnx, x, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.count_include_pad)),
        .. AdaptivePoolingRules.Rules,
    ];

    private static OnnxValue Max(
        OnnxExporter onnx, OnnxValue x, long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool ceiling) =>
        onnx.Graph.Node(
            "MaxPool", [x],
            ("ceil_mode", ceiling), ("dilations", dilation ?? Same(kernel, 1)), ("kernel_shape", kernel), ("pads", Pads(kernel, padding)),
            ("strides", stride ?? kernel));

    private static OnnxValue Average(
        OnnxExporter onnx, OnnxValue x, long[] kernel, long[]? stride, long[]? padding, bool ceiling, bool countPads) =>
        onnx.Graph.Node(
            "AveragePool", [x],
            ("ceil_mode", ceiling), ("count_include_pad", countPads), ("kernel_shape", kernel), ("pads", Pads(kernel, padding)),
            ("strides", stride ?? kernel));

    private static long[] Pads(long[] kernel, long[]? padding)
    {
        var pads = padding ?? Same(kernel, 0);
        return [.. pads, .. pads];
    }

    private static long[] Same(long[] kernel, long value) => [.. kernel.Select(_ => value)];

    private static long[]? One(long? value) => value is { } number ? [number] : null;
}
