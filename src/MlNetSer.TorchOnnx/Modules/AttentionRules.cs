using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>What attention leaves out; null for nothing.</summary>
/// <param name="Added">float32, added to the scores of queries and keys: [queries, keys].</param>
/// <param name="Hidden">bool [batch, keys]: true for keys that nobody attends to.</param>
internal readonly record struct AttentionMasks(OnnxValue? Added, OnnxValue? Hidden);

/// <summary>Multi-head attention. As in TorchSharp, sequences are [length, batch, features].</summary>
internal static class AttentionRules
{
    internal const string MaskLimits = "masks: float for attention, bool for key padding";

    internal static IReadOnlyList<ModuleRule> Rules => [new(typeof(MultiheadAttention), Attend, Limits: MaskLimits)];

    internal static OnnxValue Project(OnnxExporter onnx, ModuleParameters parameters, string name, OnnxValue x) =>
        Project(onnx, $"{parameters.Prefix}{name}", x, parameters[$"{name}.weight"], parameters.Find($"{name}.bias"));

    /// <summary>The attended values, and the attention weights averaged over the heads.</summary>
    internal static IReadOnlyList<OnnxValue> Attend(
        OnnxExporter onnx, AttentionWeights weights, AttentionOptions options,
        OnnxValue query, OnnxValue key, OnnxValue value, AttentionMasks masks)
    {
        var graph = onnx.Graph;
        var size = weights.EmbeddingSize / options.Heads;
        var q = Project(onnx, $"{weights.Prefix}query", query, weights.Query, weights.QueryBias);
        var k = Project(onnx, $"{weights.Prefix}key", key, weights.Key, weights.KeyBias);
        var v = Project(onnx, $"{weights.Prefix}value", value, weights.Value, weights.ValueBias);
        if (weights is { ExtraKey: { } extraKey, ExtraValue: { } extraValue })
        {
            var perItem = graph.Concat(0, graph.Ints(1), graph.Dimension(key, 1), graph.Ints(weights.EmbeddingSize));
            k = graph.Concat(0, k, graph.Expand(onnx.Weight($"{weights.Prefix}bias_k", extraKey), perItem));
            v = graph.Concat(0, v, graph.Expand(onnx.Weight($"{weights.Prefix}bias_v", extraValue), perItem));
        }
        // [length, batch, heads · size] to [batch, heads, length, size], the keys with the last two exchanged.
        q = graph.Transpose(graph.Reshape(q, 0, 0, options.Heads, size), 1, 2, 0, 3);
        k = graph.Transpose(graph.Reshape(k, 0, 0, options.Heads, size), 1, 2, 3, 0);
        v = graph.Transpose(graph.Reshape(v, 0, 0, options.Heads, size), 1, 2, 0, 3);
        if (options.ZeroAttention)
        {
            k = graph.Pad(k, graph.Ints(0, 0, 0, 0, 0, 0, 0, 1));
            v = graph.Pad(v, graph.Ints(0, 0, 0, 0, 0, 0, 1, 0));
        }
        var scores = graph.MatMul(q * graph.Scalar(1 / float.Sqrt(size)), k);
        var added = (weights.ExtraKey is null ? 0 : 1) + (options.ZeroAttention ? 1 : 0);
        if (masks.Added is { } mask) scores += added == 0 ? mask : graph.Pad(mask, graph.Ints(0, 0, 0, added));
        if (masks.Hidden is { } keyPadding)
        {
            var hidden = graph.Where(keyPadding, graph.Scalar(float.NegativeInfinity), graph.Scalar(0f));
            if (added > 0) hidden = graph.Pad(hidden, graph.Ints(0, 0, 0, added));
            scores += graph.Unsqueeze(hidden, 1, 2);
        }
        var attention = graph.Softmax(scores);
        var attended = graph.Reshape(graph.Transpose(graph.MatMul(attention, v), 2, 0, 1, 3), 0, 0, weights.EmbeddingSize);
        return
        [
            Project(onnx, $"{weights.Prefix}out_proj", attended, weights.Output, weights.OutputBias),
            graph.ReduceMean(attention, [1], keepDimensions: false),
        ];
    }

    private static IReadOnlyList<OnnxValue> Attend(OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var weights = AttentionWeights.Of(module);
        var options = AttentionProbe.Options((MultiheadAttention)module, weights);
        var masks = new AttentionMasks(Added: inputs.ElementAtOrDefault(4), Hidden: inputs.ElementAtOrDefault(3));
        return Attend(onnx, weights, options, inputs[0]!, inputs[1]!, inputs[2]!, masks);
    }

    private static OnnxValue Project(OnnxExporter onnx, string name, OnnxValue x, Tensor weight, Tensor? bias)
    {
        var product = onnx.MatMul(x, $"{name}.weight_transposed", () => weight.t());
        return bias is null ? product : product + onnx.Weight($"{name}.bias", bias);
    }
}
