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
            Max(onnx, pool, x, new([pool.kernel_size], One(pool.stride), One(pool.padding), pool.ceil_mode, One(pool.dilation)))),
        ModuleRule.Of<MaxPool2d>((onnx, pool, x) =>
            Max(onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.dilation))),
        ModuleRule.Of<MaxPool3d>((onnx, pool, x) =>
            Max(onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.dilation))),
        ModuleRule.Of<AvgPool1d>((onnx, pool, x) =>
            Average(onnx, pool, x, new([pool.kernel_size], One(pool.stride), One(pool.padding), pool.ceil_mode), pool.count_include_pad)),
        ModuleRule.Of<AvgPool2d>((onnx, pool, x) => Average(
            onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.count_include_pad, pool.divisor_override)),
        ModuleRule.Of<AvgPool3d>((onnx, pool, x) => Average(
            onnx, pool, x, new(pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode), pool.count_include_pad, pool.divisor_override)),
        ModuleRule.Of<LPPool1d>((onnx, pool, x) => Power(onnx, pool, x, new([pool.kernel_size], One(pool.stride), ceiling: pool.ceil_mode), pool.norm_type)),
        ModuleRule.Of<LPPool2d>((onnx, pool, x) => Power(onnx, pool, x, new(pool.kernel_size, pool.stride, ceiling: pool.ceil_mode), pool.norm_type)),
        .. AdaptivePoolingRules.Rules,
    ];

    private static OnnxValue Max(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window) =>
        onnx.Batched(module, window.Kernel.Length + 2, x, batch =>
        {
            (batch, window) = WithoutLateWindows(onnx, module, batch, window);
            return onnx.Graph.Node("MaxPool", [batch], [("dilations", window.Dilation), .. Attributes(window)]);
        });

    private static OnnxValue Average(
        OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window, bool countPads, long? divisor = null) =>
        onnx.Batched(module, window.Kernel.Length + 2, x, batch =>
        {
            if (divisor is null)
            {
                (batch, window) = WithoutLateWindows(onnx, module, batch, window);
                return onnx.Graph.Node("AveragePool", [batch], [("count_include_pad", countPads), .. Attributes(window)]);
            }
            // The sum over the window is its mean times its size, if no window is cut short at the end.
            if (window.Ceiling) (batch, window) = PadToWholeWindows(onnx, module, batch, window);
            var mean = onnx.Graph.Node("AveragePool", [batch], [("count_include_pad", true), .. Attributes(window)]);
            return mean * onnx.Graph.Scalar((float)window.Size / divisor.Value);
        });

    private static (string Name, OnnxAttribute Value)[] Attributes(PoolingWindow window) =>
    [
        ("ceil_mode", window.Ceiling), ("kernel_shape", window.Kernel), ("pads", (long[])[.. window.Starts, .. window.Ends]), ("strides", window.Stride),
    ];

    /// <summary>
    /// With ceil_mode, TorchSharp leaves out a last window that would start behind the input; older opsets of ONNX keep it. Where sizes are
    /// known, the padding at the end is made such that both agree.
    /// </summary>
    private static (OnnxValue, PoolingWindow) WithoutLateWindows(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window)
    {
        if (!window.Ceiling || Sizes(onnx, module, window) is not { } sizes) return (x, window);
        var ends = window.Ends.ToArray();
        for (var i = 0; i < sizes.Length; i++)
        {
            if (!window.DropsLast(i, sizes[i])) continue;
            var needed = window.NeededEnd(i, sizes[i]);
            ends[i] = Math.Max(needed, 0);
            if (needed < 0) x = onnx.Graph.Slice(x, i + 2, 0, needed);
        }
        return (x, window with { Ends = ends });
    }

    private static (OnnxValue, PoolingWindow) PadToWholeWindows(OnnxExporter onnx, nn.Module module, OnnxValue x, PoolingWindow window)
    {
        var sizes = Sizes(onnx, module, window)
            ?? throw new OnnxExportException($"cannot export {onnx.Describe(module)}: divisor_override with ceil_mode needs input sizes that are fixed");
        var ends = sizes.Select((size, i) => Math.Max(window.NeededEnd(i, size), 0));
        return (onnx.Graph.Pad(x, onnx.Graph.Ints([0, 0, .. window.Starts, 0, 0, .. ends])), new(window.Kernel, window.Stride));
    }

    private static long[]? Sizes(OnnxExporter onnx, nn.Module module, PoolingWindow window)
    {
        var sizes = onnx.InputShape(module)?.TakeLast(window.Kernel.Length);
        return sizes is null || sizes.Contains(null) ? null : [.. sizes.Select(size => size!.Value)];
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
