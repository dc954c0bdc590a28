using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Attention and the transformer's encoder. As in TorchSharp, sequences are [length, batch, features].</summary>
internal static class AttentionRules
{
    private const string Masks = "masks: float for attention, bool for key padding";

    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        new(typeof(MultiheadAttention), Attend, Limits: Masks),
        new(typeof(TransformerEncoderLayer), EncoderLayer, Limits: Masks),
        new(typeof(TransformerEncoder), Encoder, Limits: Masks),
    ];

    private static IReadOnlyList<OnnxValue> Attend(OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var weights = AttentionWeights.Of(module);
        var options = AttentionProbe.Options((MultiheadAttention)module, weights);
        return Attend(onnx, weights, options, inputs[0]!, inputs[1]!, inputs[2]!, inputs.ElementAtOrDefault(3), inputs.ElementAtOrDefault(4));
    }

    private static IReadOnlyList<OnnxValue> EncoderLayer(OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var parameters = ModuleParameters.Of(module);
        var options = AttentionProbe.Options((TransformerEncoderLayer)module, parameters);
        return [EncoderLayer(onnx, parameters, options, inputs[0]!, inputs.ElementAtOrDefault(1), inputs.ElementAtOrDefault(2))];
    }

    private static IReadOnlyList<OnnxValue> Encoder(OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var parameters = ModuleParameters.Of(module);
        var options = AttentionProbe.Options((TransformerEncoder)module, parameters);
        var x = inputs[0]!;
        foreach (var layer in parameters.Layers)
            x = EncoderLayer(onnx, layer, options, x, inputs.ElementAtOrDefault(1), inputs.ElementAtOrDefault(2));
        return [x];
    }

    /// <summary>Attention and a feed-forward network, each added to its input and normalised after that.</summary>
    private static OnnxValue EncoderLayer(
        OnnxExporter onnx, ModuleParameters layer, TransformerOptions options, OnnxValue x, OnnxValue? mask, OnnxValue? keyPadding)
    {
        var graph = onnx.Graph;
        var attended = Attend(onnx, AttentionWeights.Of(layer.Below("self_attn")), options.Attention, x, x, x, keyPadding, mask)[0];
        x = Norm(onnx, layer, "norm1", x + attended);
        var hidden = Project(onnx, layer, "linear1", x);
        hidden = options.Gelu ? ActivationRules.Gelu(graph, hidden) : graph.Relu(hidden);
        return Norm(onnx, layer, "norm2", x + Project(onnx, layer, "linear2", hidden));
    }

    private static OnnxValue Project(OnnxExporter onnx, ModuleParameters parameters, string name, OnnxValue x) =>
        Project(onnx, $"{parameters.Prefix}{name}", x, parameters[$"{name}.weight"], parameters.Find($"{name}.bias"));

    private static OnnxValue Project(OnnxExporter onnx, string name, OnnxValue x, Tensor weight, Tensor? bias)
    {
        var product = onnx.MatMul(x, $"{name}.weight_transposed", () => weight.t());
        return bias is null ? product : product + onnx.Weight($"{name}.bias", bias);
    }

    private static OnnxValue Norm(OnnxExporter onnx, ModuleParameters parameters, string name, OnnxValue x)
    {
        // The native layers' norms keep the default epsilon, which cannot be set.
        const float epsilon = 1e-5f;
        return onnx.Graph.Node(
            "LayerNormalization",
            [
                x,
                onnx.Weight($"{parameters.Prefix}{name}.weight", parameters[$"{name}.weight"]),
                onnx.Weight($"{parameters.Prefix}{name}.bias", parameters[$"{name}.bias"]),
            ],
            ("axis", -1), ("epsilon", epsilon));
    }

    /// <summary>The attended values, and the attention weights averaged over the heads.</summary>
    private static IReadOnlyList<OnnxValue> Attend(
        OnnxExporter onnx, AttentionWeights weights, AttentionOptions options,
        OnnxValue query, OnnxValue key, OnnxValue value, OnnxValue? keyPadding, OnnxValue? mask)
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
        if (mask is not null) scores += added == 0 ? mask : graph.Pad(mask, graph.Ints(0, 0, 0, added));
        if (keyPadding is not null)
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
}
