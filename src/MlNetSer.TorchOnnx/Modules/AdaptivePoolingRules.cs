using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// Pooling to a given output size: output cell i of m covers the inputs from floor(i·n/m) to ceil((i+1)·n/m), of n inputs. Cells may
/// overlap and differ in size, so every dimension is pooled on its own: means by multiplying with a matrix of weights, maxima by gathering
/// each cell's inputs. Where n is only known at run time, both are computed in the graph.
/// </summary>
internal static class AdaptivePoolingRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<AdaptiveAvgPool1d>((onnx, pool, x) => Average(onnx, pool, x, [pool.output_size])),
        ModuleRule.Of<AdaptiveAvgPool2d>((onnx, pool, x) => Average(onnx, pool, x, pool.output_size)),
        ModuleRule.Of<AdaptiveAvgPool3d>((onnx, pool, x) => Average(onnx, pool, x, pool.output_size)),
        ModuleRule.Of<AdaptiveMaxPool1d>((onnx, pool, x) => Max(onnx, pool, x, [pool.output_size])),
        ModuleRule.Of<AdaptiveMaxPool2d>((onnx, pool, x) => Max(onnx, pool, x, pool.output_size)),
    ];

    private static OnnxValue Average(OnnxExporter onnx, nn.Module pool, OnnxValue x, long[] cells) => onnx.Batched(pool, cells.Length + 2, x, batch =>
    {
        if (cells.All(count => count == 1)) return onnx.Graph.Node("GlobalAveragePool", [batch]);
        if (EvenWindow(onnx, pool, cells) is { } window)
            return onnx.Graph.Node("AveragePool", [batch], ("kernel_shape", window), ("strides", window));
        for (var i = 0; i < cells.Length; i++) batch = AverageAxis(onnx, pool, batch, cells, i);
        return batch;
    });

    private static OnnxValue Max(OnnxExporter onnx, nn.Module pool, OnnxValue x, long[] cells) => onnx.Batched(pool, cells.Length + 2, x, batch =>
    {
        if (cells.All(count => count == 1)) return onnx.Graph.Node("GlobalMaxPool", [batch]);
        if (EvenWindow(onnx, pool, cells) is { } window) return onnx.Graph.Node("MaxPool", [batch], ("kernel_shape", window), ("strides", window));
        for (var i = 0; i < cells.Length; i++) batch = MaxAxis(onnx, pool, batch, cells, i);
        return batch;
    });

    /// <summary>The window where every size is known and a multiple of the number of cells.</summary>
    private static long[]? EvenWindow(OnnxExporter onnx, nn.Module pool, long[] cells)
    {
        var window = new long[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            if (InputSize(onnx, pool, cells, i) is not { } size || size % cells[i] != 0) return null;
            window[i] = size / cells[i];
        }
        return window;
    }

    private static long? InputSize(OnnxExporter onnx, nn.Module pool, long[] cells, int dimension) =>
        onnx.InputShape(pool) is { } shape ? shape[shape.Count - cells.Length + dimension] : null;

    private static OnnxValue AverageAxis(OnnxExporter onnx, nn.Module pool, OnnxValue x, long[] cells, int dimension)
    {
        var graph = onnx.Graph;
        var axis = dimension + 2;
        var size = InputSize(onnx, pool, cells, dimension);
        if (size == cells[dimension]) return x;
        // [cells, inputs]
        var weights = size is { } known
            ? graph.Initializer($"cells{dimension}", CellWeights(known, cells[dimension]), cells[dimension], known)
            : CellWeights(graph, graph.Dimension(x, axis), cells[dimension]);
        if (dimension == cells.Length - 1) return graph.MatMul(x, graph.Transpose(weights, 1, 0));
        if (dimension == cells.Length - 2) return graph.MatMul(weights, x);
        // The dimensions behind this one act as one.
        var tail = Enumerable.Range(dimension + 1, cells.Length - dimension - 1)
            .Select(i => InputSize(onnx, pool, cells, i) is { } behind ? behind : ShapePart.Of(graph.Dimension(x, i + 2)));
        var product = graph.MatMul(weights, graph.Reshape(x, 0, 0, 0, -1));
        return graph.Reshape(product, onnx.Shape([0, 0, cells[dimension], .. tail]));
    }

    private static float[] CellWeights(long inputs, long cells)
    {
        var weights = new float[cells * inputs];
        for (var cell = 0L; cell < cells; cell++)
        {
            var (start, end) = (cell * inputs / cells, ((cell + 1) * inputs + cells - 1) / cells);
            for (var i = start; i < end; i++) weights[cell * inputs + i] = 1f / (end - start);
        }
        return weights;
    }

    private static OnnxValue CellWeights(OnnxGraphBuilder graph, OnnxValue inputs, long cells)
    {
        var (starts, ends) = CellBounds(graph, inputs, cells);
        var positions = graph.Range(graph.Scalar(0L), graph.Squeeze(inputs, 0), graph.Scalar(1L));
        var inside = graph.And(graph.Not(graph.Less(positions, starts)), graph.Less(positions, ends));
        return graph.Cast(inside, OnnxElementType.Float32) / graph.Cast(ends - starts, OnnxElementType.Float32);
    }

    private static OnnxValue MaxAxis(OnnxExporter onnx, nn.Module pool, OnnxValue x, long[] cells, int dimension)
    {
        var graph = onnx.Graph;
        var axis = dimension + 2;
        var size = InputSize(onnx, pool, cells, dimension);
        if (size == cells[dimension]) return x;
        // [cells, inputs of the largest cell]; a smaller cell repeats its last input.
        var members = size is { } known ? CellMembers(graph, known, cells[dimension]) : CellMembers(graph, graph.Dimension(x, axis), cells[dimension]);
        return graph.ReduceMax(graph.Gather(x, members, axis), [axis + 1], keepDimensions: false);
    }

    private static OnnxValue CellMembers(OnnxGraphBuilder graph, long inputs, long cells)
    {
        var bounds = Enumerable.Range(0, (int)cells)
            .Select(cell => (Start: cell * inputs / cells, End: ((cell + 1) * inputs + cells - 1) / cells)).ToArray();
        var largest = bounds.Max(cell => cell.End - cell.Start);
        long[] members = [.. bounds.SelectMany(cell => Enumerable.Range(0, (int)largest).Select(i => Math.Min(cell.Start + i, cell.End - 1)))];
        return graph.Constant(OnnxTensor.Create<long>(members, cells, largest));
    }

    private static OnnxValue CellMembers(OnnxGraphBuilder graph, OnnxValue inputs, long cells)
    {
        var (starts, ends) = CellBounds(graph, inputs, cells);
        var largest = graph.ReduceMax(ends - starts, [0, 1], keepDimensions: false);
        var offsets = graph.Range(graph.Scalar(0L), largest, graph.Scalar(1L));
        return graph.Min(starts + offsets, ends - graph.Scalar(1L));
    }

    /// <summary>Where every cell starts (inclusive) and ends (exclusive), as columns [cells, 1].</summary>
    private static (OnnxValue Starts, OnnxValue Ends) CellBounds(OnnxGraphBuilder graph, OnnxValue inputs, long cells)
    {
        var cell = graph.Constant(OnnxTensor.Create<long>([.. Enumerable.Range(0, (int)cells).Select(i => (long)i)], cells, 1));
        var starts = cell * inputs / graph.Scalar(cells);
        var ends = ((cell + graph.Scalar(1L)) * inputs + graph.Scalar(cells - 1)) / graph.Scalar(cells);
        return (starts, ends);
    }
}
