using MlNetSer.Onnx;
using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Modules that compare two tensors.</summary>
internal static class DistanceRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.OfPair<CosineSimilarity>((onnx, cosine, a, b) => Cosine(onnx.Graph, cosine, a, b)),
        ModuleRule.OfPair<PairwiseDistance>((onnx, distance, a, b) => Distance(onnx.Graph, distance, a, b)),
    ];

    private static OnnxValue Cosine(OnnxGraphBuilder graph, CosineSimilarity cosine, OnnxValue a, OnnxValue b)
    {
        var smallest = graph.Scalar((float)cosine.eps);
        var product = graph.ReduceSum(a * b, [cosine.dim], keepDimensions: false);
        return product / (graph.Max(Norm(a), smallest) * graph.Max(Norm(b), smallest));

        OnnxValue Norm(OnnxValue x) => graph.ReduceL2(x, [cosine.dim], keepDimensions: false);
    }

    private static OnnxValue Distance(OnnxGraphBuilder graph, PairwiseDistance distance, OnnxValue a, OnnxValue b)
    {
        var difference = graph.Abs(a - b + graph.Scalar((float)distance.eps));
        if (double.IsPositiveInfinity(distance.norm)) return graph.ReduceMax(difference, [-1], distance.keepdim);
        var sum = graph.ReduceSum(graph.Pow(difference, graph.Scalar((float)distance.norm)), [-1], distance.keepdim);
        return graph.Pow(sum, graph.Scalar((float)(1 / distance.norm)));
    }
}
