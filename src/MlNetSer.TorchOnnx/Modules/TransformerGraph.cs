using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx;

/// <summary>What the decoder leaves out.</summary>
/// <param name="Self">In its attention to the target itself.</param>
/// <param name="Memory">In its attention to what the encoder gave.</param>
internal readonly record struct DecoderMasks(AttentionMasks Self, AttentionMasks Memory)
{
    /// <summary>The masks in the order in which a decoder takes them, behind target and memory.</summary>
    internal static DecoderMasks From(IReadOnlyList<OnnxValue?> inputs) => new(
        new(inputs.ElementAtOrDefault(2), inputs.ElementAtOrDefault(4)), new(inputs.ElementAtOrDefault(3), inputs.ElementAtOrDefault(5)));
}

/// <summary>Writes the parts of a transformer: every sub-layer is added to its input and normalised after that.</summary>
internal sealed class TransformerGraph(OnnxExporter onnx, TransformerOptions options)
{
    internal OnnxValue Encoder(ModuleParameters stack, OnnxValue x, AttentionMasks masks) =>
        Last(stack, stack.Layers.Aggregate(x, (value, layer) => EncoderLayer(layer, value, masks)));

    internal OnnxValue EncoderLayer(ModuleParameters layer, OnnxValue x, AttentionMasks masks)
    {
        x = Norm(layer, "norm1", x + Attend(layer, "self_attn", x, x, masks));
        return Norm(layer, "norm2", x + FeedForward(layer, x));
    }

    internal OnnxValue Decoder(ModuleParameters stack, OnnxValue x, OnnxValue memory, DecoderMasks masks) =>
        Last(stack, stack.Layers.Aggregate(x, (value, layer) => DecoderLayer(layer, value, memory, masks)));

    internal OnnxValue DecoderLayer(ModuleParameters layer, OnnxValue x, OnnxValue memory, DecoderMasks masks)
    {
        x = Norm(layer, "norm1", x + Attend(layer, "self_attn", x, x, masks.Self));
        x = Norm(layer, "norm2", x + Attend(layer, "multihead_attn", x, memory, masks.Memory));
        return Norm(layer, "norm3", x + FeedForward(layer, x));
    }

    private OnnxValue Attend(ModuleParameters layer, string name, OnnxValue query, OnnxValue key, AttentionMasks masks) =>
        AttentionRules.Attend(onnx, AttentionWeights.Of(layer.Below(name)), options.Attention, query, key, key, masks)[0];

    private OnnxValue FeedForward(ModuleParameters layer, OnnxValue x)
    {
        var hidden = AttentionRules.Project(onnx, layer, "linear1", x);
        hidden = options.Gelu ? ActivationRules.Gelu(onnx.Graph, hidden) : onnx.Graph.Relu(hidden);
        return AttentionRules.Project(onnx, layer, "linear2", hidden);
    }

    /// <summary>The stacks of a whole transformer end with a norm, those that stand alone do not.</summary>
    private OnnxValue Last(ModuleParameters stack, OnnxValue x) => stack.Contains("norm.weight") ? Norm(stack, "norm", x) : x;

    private OnnxValue Norm(ModuleParameters parameters, string name, OnnxValue x)
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
}
