using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Modules that change nothing but the shape, or nothing at all outside training.</summary>
internal static class ShapeRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Identity>((_, _, x) => x),
        ModuleRule.Of<Dropout>((_, _, x) => x),
        ModuleRule.Of<Dropout1d>((_, _, x) => x),
        ModuleRule.Of<Dropout2d>((_, _, x) => x),
        ModuleRule.Of<Dropout3d>((_, _, x) => x),
        ModuleRule.Of<AlphaDropout>((_, _, x) => x),
        ModuleRule.Of<FeatureAlphaDropout>((_, _, x) => x),
        ModuleRule.Of<Flatten>(Flatten),
        ModuleRule.Of<Sequential>((onnx, sequential, x) => onnx.Apply(x, sequential)),
    ];

    private static OnnxValue Flatten(OnnxExporter onnx, Flatten flatten, OnnxValue x)
    {
        var rank = onnx.InputShape(flatten)?.Count;
        var start = flatten.start_dim < 0 ? flatten.start_dim + rank : flatten.start_dim;
        var end = flatten.end_dim < 0 ? flatten.end_dim + rank : flatten.end_dim;
        if (flatten.start_dim >= 0 && (flatten.end_dim == -1 || (rank is not null && end == rank - 1)))
            return onnx.Graph.Reshape(x, [.. Enumerable.Repeat(0L, (int)flatten.start_dim), -1]);
        if (rank is null || start is not { } first || end is not { } last)
            throw new OnnxExportException($"'{onnx.Path}': the number of dimensions that Flatten({flatten.start_dim}, {flatten.end_dim}) sees is not known");
        var shape = onnx.Graph.Shape(x);
        return onnx.Graph.Reshape(x, onnx.Graph.Concat(0, onnx.Graph.Slice(shape, 0, 0, first), onnx.Graph.Ints(-1), onnx.Graph.Slice(shape, 0, last + 1)));
    }
}
