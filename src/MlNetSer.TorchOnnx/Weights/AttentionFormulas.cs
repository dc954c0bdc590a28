using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Attention and the transformer's layers, written out with tensor operations. Sequences are [length, batch, features].</summary>
internal static class AttentionFormulas
{
    internal static Tensor Attend(AttentionWeights weights, AttentionOptions options, Tensor query, Tensor key, Tensor value)
    {
        var (q, k, v) = (
            nn.functional.linear(query, weights.Query, weights.QueryBias), nn.functional.linear(key, weights.Key, weights.KeyBias),
            nn.functional.linear(value, weights.Value, weights.ValueBias));
        if (weights is { ExtraKey: { } extraKey, ExtraValue: { } extraValue })
            (k, v) = (cat([k, extraKey.expand(1, k.shape[1], -1)], 0), cat([v, extraValue.expand(1, v.shape[1], -1)], 0));
        if (options.ZeroAttention) (k, v) = (cat([k, zeros_like(k[..1])], 0), cat([v, zeros_like(v[..1])], 0));
        var attended = nn.functional.scaled_dot_product_attention(Heads(q), Heads(k), Heads(v));
        return nn.functional.linear(attended.permute(2, 0, 1, 3).flatten(2), weights.Output, weights.OutputBias);

        Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], options.Heads, -1).permute(1, 2, 0, 3);
    }

    internal static Tensor Encoder(ModuleParameters stack, TransformerOptions options, Tensor x) =>
        Last(stack, stack.Layers.Aggregate(x, (value, layer) => EncoderLayer(layer, options, value)));

    internal static Tensor EncoderLayer(ModuleParameters layer, TransformerOptions options, Tensor x)
    {
        x = Norm(layer, "norm1", x + Attend(layer.Below("self_attn"), options, x, x));
        return Norm(layer, "norm2", x + FeedForward(layer, options, x));
    }

    internal static Tensor Decoder(ModuleParameters stack, TransformerOptions options, Tensor x, Tensor memory) =>
        Last(stack, stack.Layers.Aggregate(x, (value, layer) => DecoderLayer(layer, options, value, memory)));

    internal static Tensor DecoderLayer(ModuleParameters layer, TransformerOptions options, Tensor x, Tensor memory)
    {
        x = Norm(layer, "norm1", x + Attend(layer.Below("self_attn"), options, x, x));
        x = Norm(layer, "norm2", x + Attend(layer.Below("multihead_attn"), options, x, memory));
        return Norm(layer, "norm3", x + FeedForward(layer, options, x));
    }

    private static Tensor Attend(ModuleParameters attention, TransformerOptions options, Tensor query, Tensor key) =>
        Attend(AttentionWeights.Of(attention), options.Attention, query, key, key);

    private static Tensor FeedForward(ModuleParameters layer, TransformerOptions options, Tensor x)
    {
        var hidden = Linear(layer, "linear1", x);
        return Linear(layer, "linear2", options.Gelu ? nn.functional.gelu(hidden) : nn.functional.relu(hidden));
    }

    private static Tensor Last(ModuleParameters stack, Tensor x) => stack.Contains("norm.weight") ? Norm(stack, "norm", x) : x;

    private static Tensor Linear(ModuleParameters layer, string name, Tensor x) =>
        nn.functional.linear(x, layer[$"{name}.weight"], layer[$"{name}.bias"]);

    private static Tensor Norm(ModuleParameters layer, string name, Tensor x) =>
        nn.functional.layer_norm(x, [x.shape[^1]], layer[$"{name}.weight"], layer[$"{name}.bias"]);
}
