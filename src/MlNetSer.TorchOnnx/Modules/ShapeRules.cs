using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Modules that lay elements out anew.</summary>
internal static class ShapeRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Flatten>(Flatten),
        ModuleRule.Of<Unflatten>(Unflatten),
        ModuleRule.Of<PixelShuffle>((onnx, shuffle, x) => onnx.Batched(shuffle, 4, x, batch =>
            onnx.Graph.Node("DepthToSpace", [batch], ("blocksize", shuffle.upscale_factor), ("mode", "CRD")))),
        ModuleRule.Of<PixelUnshuffle>((onnx, shuffle, x) => onnx.Batched(shuffle, 4, x, batch => PixelUnshuffle(onnx, shuffle, batch))),
        ModuleRule.Of<ChannelShuffle>(ChannelShuffle),
        ModuleRule.Of<Unfold>((onnx, unfold, x) => onnx.Batched(unfold, 4, x, batch => Unfold(onnx, unfold, batch))),
        ModuleRule.Of<Fold>((onnx, fold, x) => onnx.Batched(fold, 3, x, batch => Fold(onnx, fold, batch))),
        ModuleRule.Of<Upsample>(UpsampleRule.Export),
    ];

    private static OnnxValue Flatten(OnnxExporter onnx, Flatten flatten, OnnxValue x)
    {
        var graph = onnx.Graph;
        if (flatten is { start_dim: >= 0, end_dim: -1 }) return graph.Reshape(x, [.. Copied(flatten.start_dim), -1]);
        var rank = onnx.Rank(flatten);
        var first = flatten.start_dim < 0 ? flatten.start_dim + rank : flatten.start_dim;
        var last = flatten.end_dim < 0 ? flatten.end_dim + rank : flatten.end_dim;
        return graph.Reshape(x, onnx.Shape([.. Copied(first).Select(zero => (ShapePart)zero), -1, .. Behind(onnx, flatten, x, last, rank)]));
    }

    private static OnnxValue Unflatten(OnnxExporter onnx, Unflatten unflatten, OnnxValue x)
    {
        var rank = onnx.Rank(unflatten);
        var axis = unflatten.dim < 0 ? unflatten.dim + rank : unflatten.dim;
        var known = Copied(axis).Concat(unflatten.unflattened_size).Select(size => (ShapePart)size);
        return onnx.Graph.Reshape(x, onnx.Shape([.. known, .. Behind(onnx, unflatten, x, axis, rank)]));
    }

    /// <summary>The dimensions behind one.</summary>
    private static IEnumerable<ShapePart> Behind(OnnxExporter onnx, nn.Module module, OnnxValue x, long axis, int rank)
    {
        for (var i = (int)axis + 1; i < rank; i++) yield return onnx.Size(module, x, i);
    }

    /// <summary>Zeros, which in a Reshape copy the dimension of the input.</summary>
    private static IEnumerable<long> Copied(long dimensions) => Enumerable.Repeat(0L, (int)dimensions);

    /// <summary>[n, c, h·r, w·r] to [n, c·r·r, h, w]; ONNX's SpaceToDepth orders the new channels the other way.</summary>
    private static OnnxValue PixelUnshuffle(OnnxExporter onnx, PixelUnshuffle shuffle, OnnxValue x)
    {
        var graph = onnx.Graph;
        var factor = shuffle.downscale_factor;
        var (rows, columns) = (SizeFromEnd(onnx, shuffle, x, 2).Over(graph, factor), SizeFromEnd(onnx, shuffle, x, 1).Over(graph, factor));
        var split = graph.Reshape(x, onnx.Shape(0, 0, rows, factor, -1, factor));
        return graph.Reshape(graph.Transpose(split, 0, 1, 3, 5, 2, 4), onnx.Shape(0, -1, rows, columns));
    }

    private static OnnxValue ChannelShuffle(OnnxExporter onnx, ChannelShuffle shuffle, OnnxValue x)
    {
        var graph = onnx.Graph;
        var perGroup = onnx.Size(shuffle, x, 1).Over(graph, shuffle.groups);
        var grouped = graph.Reshape(x, onnx.Shape(0, shuffle.groups, perGroup, -1));
        return graph.Reshape(graph.Transpose(grouped, 0, 2, 1, 3), onnx.ShapeOf(shuffle, x));
    }

    /// <summary>A size of x = [n, c, h, w], which the module may see as [c, h, w].</summary>
    private static ShapePart SizeFromEnd(OnnxExporter onnx, nn.Module module, OnnxValue x, int fromEnd)
    {
        var shape = onnx.InputShape(module);
        return shape?[shape.Count - fromEnd] is { } size ? size : ShapePart.Of(onnx.Graph.Dimension(x, 4 - fromEnd));
    }

    /// <summary>A convolution that picks one place of the window per channel: [n·c, 1, h, w] to [n·c, window, h', w'].</summary>
    private static OnnxValue Unfold(OnnxExporter onnx, Unfold unfold, OnnxValue x)
    {
        var graph = onnx.Graph;
        var (rows, columns) = unfold.kernel_size;
        var planes = graph.Reshape(x, onnx.Shape(-1, 1, SizeFromEnd(onnx, unfold, x, 2), SizeFromEnd(onnx, unfold, x, 1)));
        var windows = graph.Node(
            "Conv", [planes, OnePlaceEach(onnx, rows, columns)],
            ("kernel_shape", new[] { rows, columns }), ("dilations", Pair(unfold.dilation)), ("pads", Pads(unfold.padding)), ("strides", Pair(unfold.stride)));
        return graph.Reshape(windows, onnx.Shape(ShapePart.Of(graph.Dimension(x, 0)), SizeFromEnd(onnx, unfold, x, 3).Times(graph, rows * columns), -1));
    }

    /// <summary>The transposed convolution of the same kind: overlapping places add up.</summary>
    private static OnnxValue Fold(OnnxExporter onnx, Fold fold, OnnxValue x)
    {
        var graph = onnx.Graph;
        var (rows, columns) = fold.kernel_size;
        var (height, rest0) = Windows(fold.output_size.Item1, rows, fold.dilation.Item1, fold.padding.Item1, fold.stride.Item1);
        var (width, rest1) = Windows(fold.output_size.Item2, columns, fold.dilation.Item2, fold.padding.Item2, fold.stride.Item2);
        var planes = graph.Node(
            "ConvTranspose", [graph.Reshape(x, -1, rows * columns, height, width), OnePlaceEach(onnx, rows, columns)],
            ("kernel_shape", new[] { rows, columns }), ("dilations", Pair(fold.dilation)), ("output_padding", new[] { rest0, rest1 }),
            ("pads", Pads(fold.padding)), ("strides", Pair(fold.stride)));
        return graph.Reshape(planes, onnx.Shape(ShapePart.Of(graph.Dimension(x, 0)), -1, fold.output_size.Item1, fold.output_size.Item2));
    }

    /// <summary>How many windows fit, and how much is left over behind the last.</summary>
    private static (long Count, long LeftOver) Windows(long size, long kernel, long dilation, long padding, long stride)
    {
        var room = size + 2 * padding - dilation * (kernel - 1) - 1;
        return (room / stride + 1, room % stride);
    }

    private static OnnxValue OnePlaceEach(OnnxExporter onnx, long rows, long columns) =>
        onnx.Weight("places", () => eye(rows * columns).view(rows * columns, 1, rows, columns));

    private static long[] Pair((long, long) pair) => [pair.Item1, pair.Item2];

    private static long[] Pads((long, long) padding) => [padding.Item1, padding.Item2, padding.Item1, padding.Item2];
}
