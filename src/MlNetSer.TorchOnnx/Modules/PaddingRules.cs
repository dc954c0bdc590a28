using MlNetSer.Onnx;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Padding by constants, reflection, replication or wrapping round.</summary>
internal static class PaddingRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<ZeroPad2d>(Constant),
        ModuleRule.Of<ConstantPad1d>(Constant),
        ModuleRule.Of<ConstantPad2d>(Constant),
        ModuleRule.Of<ConstantPad3d>(Constant),
        ModuleRule.Of<ReflectionPad1d>(Reflect),
        ModuleRule.Of<ReflectionPad2d>(Reflect),
        ModuleRule.Of<ReflectionPad3d>(Reflect),
        ModuleRule.Of<ReplicationPad1d>(Replicate),
        ModuleRule.Of<ReplicationPad2d>(Replicate),
        ModuleRule.Of<ReplicationPad3d>(Replicate),
    ];

    /// <summary>Pads as TorchSharp's own function does.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="rank">The number of its dimensions.</param>
    /// <param name="pads">Pairs of start and end, the last dimension first. Negative ones cut.</param>
    /// <param name="mode">What to fill with.</param>
    /// <param name="value">The constant.</param>
    internal static OnnxValue PadEnds(OnnxGraphBuilder graph, OnnxValue x, int rank, IReadOnlyList<long> pads, PaddingModes mode, double value = 0)
    {
        var starts = new long[rank];
        var ends = new long[rank];
        for (var i = 0; i < pads.Count / 2; i++) (starts[rank - 1 - i], ends[rank - 1 - i]) = (pads[2 * i], pads[2 * i + 1]);
        for (var axis = 0; axis < rank; axis++)
        {
            if (starts[axis] < 0 || ends[axis] < 0)
                x = graph.Slice(x, axis, Math.Max(-starts[axis], 0), ends[axis] < 0 ? ends[axis] : long.MaxValue);
            (starts[axis], ends[axis]) = (Math.Max(starts[axis], 0), Math.Max(ends[axis], 0));
            if (mode == PaddingModes.Circular) x = Wrap(graph, x, axis, starts[axis], ends[axis]);
        }
        if (mode == PaddingModes.Circular || (starts.All(pad => pad == 0) && ends.All(pad => pad == 0))) return x;
        var onnxMode = mode switch
        {
            PaddingModes.Reflect => "reflect",
            PaddingModes.Replicate => "edge",
            _ => "constant",
        };
        return graph.Pad(x, graph.Ints([.. starts, .. ends]), onnxMode, value == 0 ? null : graph.Scalar((float)value));
    }

    private static OnnxValue Wrap(OnnxGraphBuilder graph, OnnxValue x, long axis, long start, long end)
    {
        List<OnnxValue> parts = [x];
        if (start > 0) parts.Insert(0, graph.Slice(x, axis, -start));
        if (end > 0) parts.Add(graph.Slice(x, axis, 0, end));
        return parts.Count == 1 ? x : graph.Concat(axis, [.. parts]);
    }

    private static OnnxValue Constant(OnnxExporter onnx, PadBase pad, OnnxValue x) => PadModule(onnx, pad, x, PaddingModes.Constant);

    private static OnnxValue Reflect(OnnxExporter onnx, PadBase pad, OnnxValue x) => PadModule(onnx, pad, x, PaddingModes.Reflect);

    private static OnnxValue Replicate(OnnxExporter onnx, PadBase pad, OnnxValue x) => PadModule(onnx, pad, x, PaddingModes.Replicate);

    private static OnnxValue PadModule(OnnxExporter onnx, PadBase pad, OnnxValue x, PaddingModes mode)
    {
        var batchedRank = pad.padding.Length / 2 + 2;
        return PadEnds(onnx.Graph, x, onnx.InputShape(pad)?.Count ?? batchedRank, pad.padding, mode, pad.value);
    }
}
