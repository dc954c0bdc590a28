using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Pooling with a window.</summary>
internal static class PoolingRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<MaxPool1d>((onnx, pool, x) =>
            Max(onnx, pool, x, new([pool.kernel_size], One(pool.stride), One(pool.padding), pool.ceil_mode), One(pool.dilation))),
        ModuleRule.Of<MaxPool2d>((onnx, pool, x) =>
            Max(onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.dilation)),
        ModuleRule.Of<MaxPool3d>((onnx, pool, x) =>
            Max(onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.dilation)),
        ModuleRule.Of<AvgPool1d>((onnx, pool, x) =>
            Average(onnx, pool, x, new([pool.kernel_size], One(pool.stride), One(pool.padding), pool.ceil_mode), pool.count_include_pad)),
        ModuleRule.Of<AvgPool2d>((onnx, pool, x) => Average(
            onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.count_include_pad, pool.divisor_override)),
        ModuleRule.Of<AvgPool3d>((onnx, pool, x) => Average(
            onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.count_include_pad, pool.divisor_override)),
        ModuleRule.Of<LPPool1d>((onnx, pool, x) => Power(onnx, pool, x, new([pool.kernel_size], One(pool.stride), null, pool.ceil_mode), pool.norm_type)),
        ModuleRule.Of<LPPool2d>((onnx, pool, x) => Power(onnx, pool, x, new(pool.kernel_size, pool.stride, null, pool.ceil_mode), pool.norm_type)),
        .. AdaptivePoolingRules.Rules,
    ];

    private static OnnxValue Max(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window, long[]? dilation) =>
        onnx.Batched(module, window.Kernel.Length + 2, x, batch => onnx.Graph.Node(
            "MaxPool", [batch],
            ("ceil_mode", window.Ceiling), ("dilations", dilation ?? window.PerDimension(1)), ("kernel_shape", window.Kernel),
            ("pads", window.Pads), ("strides", window.Stride)));

    private static OnnxValue Average(
        OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window, bool countPads, long? divisor = null) =>
        onnx.Batched(module, window.Kernel.Length + 2, x, batch =>
        {
            if (divisor is null) return Average(onnx.Graph, batch, window, countPads);
            // The sum over the window is its mean times its size, if no window is cut short at the end.
            if (window.Ceiling) (batch, window) = PadToWholeWindows(onnx, module, batch, window);
            return Average(onnx.Graph, batch, window, countPads: true) * onnx.Graph.Scalar((float)window.Size / divisor.Value);
        });

    private static OnnxValue Average(OnnxGraphBuilder graph, OnnxValue x, PoolingWindow window, bool countPads) => graph.Node(
        "AveragePool", [x],
        ("ceil_mode", window.Ceiling), ("count_include_pad", countPads), ("kernel_shape", window.Kernel), ("pads", window.Pads), ("strides", window.Stride));

    private static (OnnxValue, PoolingWindow) PadToWholeWindows(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window)
    {
        var dimensions = window.Kernel.Length;
        var sizes = onnx.InputShape(module)?.TakeLast(dimensions).ToArray();
        if (sizes is null || sizes.Contains(null))
            throw new OnnxExportException($"cannot export {onnx.Describe(module)}: divisor_override with ceil_mode needs input sizes that are fixed");
        var starts = window.Pads[..dimensions];
        var ends = new long[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var room = sizes[i]!.Value + 2 * starts[i] - window.Kernel[i];
            var windows = (room + window.Stride[i] - 1) / window.Stride[i] + 1;
            // The last window must start within the input or the padding before it.
            if ((windows - 1) * window.Stride[i] >= sizes[i] + starts[i]) windows--;
            ends[i] = Math.Max((windows - 1) * window.Stride[i] + window.Kernel[i] - sizes[i]!.Value - starts[i], 0);
        }
        return (onnx.Graph.Pad(x, onnx.Graph.Ints([0, 0, .. starts, 0, 0, .. ends])), new(window.Kernel, window.Stride, null, ceiling: false));
    }

    /// <summary>The p-th root of the sum of p-th powers, as TorchSharp computes it: from the mean.</summary>
    private static OnnxValue Power(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window, double power)
    {
        var graph = onnx.Graph;
        var mean = Average(onnx, module, graph.Pow(x, graph.Scalar((float)power)), window, countPads: true);
        return graph.Pow(mean * graph.Scalar((float)window.Size), graph.Scalar((float)(1 / power)));
    }

    private static long[]? One(long? value) => value is { } number ? [number] : null;
}

/// <summary>A pooling window; stride and padding default as TorchSharp's do.</summary>
internal readonly record struct PoolingWindow
{
    internal PoolingWindow(long[] kernel, long[]? stride, long[]? padding, bool ceiling)
    {
        Kernel = kernel;
        Stride = stride is { Length: > 0 } ? stride : kernel;
        Ceiling = ceiling;
        Pads = padding is { Length: > 0 } ? [.. padding, .. padding] : new long[2 * kernel.Length];
    }

    internal long[] Kernel { get; }

    internal long[] Stride { get; }

    internal long[] Pads { get; }

    internal bool Ceiling { get; }

    internal long Size => Kernel.Aggregate(1L, (product, size) => product * size);

    internal long[] PerDimension(long value) => [.. Kernel.Select(_ => value)];
}
