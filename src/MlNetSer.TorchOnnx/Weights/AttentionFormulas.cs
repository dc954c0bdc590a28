using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Attention and the transformer's encoder layer, written out with tensor operations. Sequences are [length, batch, features].</summary>
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

    internal static Tensor EncoderLayer(ModuleParameters layer, TransformerOptions options, Tensor x)
    {
        x = Norm("norm1", x + Attend(AttentionWeights.Of(layer.Below("self_attn")), options.Attention, x, x, x));
        var hidden = Linear("linear1", x);
        return Norm("norm2", x + Linear("linear2", options.Gelu ? nn.functional.gelu(hidden) : nn.functional.relu(hidden)));

        Tensor Linear(string name, Tensor input) => nn.functional.linear(input, layer[$"{name}.weight"], layer[$"{name}.bias"]);

        Tensor Norm(string name, Tensor input) =>
            nn.functional.layer_norm(input, [input.shape[^1]], layer[$"{name}.weight"], layer[$"{name}.bias"]);
    }
}
