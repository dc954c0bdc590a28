using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>What the weights of multi-head attention do not show.</summary>
/// <param name="Heads">The number of heads.</param>
/// <param name="ZeroAttention">Whether a zero key and value are added.</param>
internal readonly record struct AttentionOptions(long Heads, bool ZeroAttention);

/// <summary>What the weights of a transformer layer do not show.</summary>
/// <param name="Attention">How it attends.</param>
/// <param name="Gelu">Whether its feed-forward network applies GELU instead of ReLU.</param>
internal readonly record struct TransformerOptions(AttentionOptions Attention, bool Gelu);

/// <summary>
/// Finds the options that native attention modules keep to themselves: runs the module on random input and takes the options under which the
/// formulas give the same. Options that this cannot tell apart give the same graph output for these weights.
/// </summary>
internal static class AttentionProbe
{
    private const int Length = 5;
    private const int Batch = 2;

    internal static AttentionOptions Options(MultiheadAttention module, AttentionWeights weights)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var generator = new Generator(1);
        var (query, key, value) = (Sequence(weights.Query, generator), Sequence(weights.Key, generator), Sequence(weights.Value, generator));
        var expected = module.call(query, key, value).Item1;
        return Best(
            from heads in Divisors(weights.EmbeddingSize)
            from zero in (bool[])[false, true]
            select new AttentionOptions(heads, zero),
            options => AttentionFormulas.Attend(weights, options, query, key, value), expected, module);
    }

    internal static TransformerOptions Options(TransformerEncoderLayer module, ModuleParameters layer) => Options(
        module, layer, (x, _) => module.call(x), (options, x, _) => AttentionFormulas.EncoderLayer(layer, options, x));

    internal static TransformerOptions Options(TransformerEncoder module, ModuleParameters stack) => Options(
        module, stack.Layers[0], (x, _) => module.call(x), (options, x, _) => AttentionFormulas.Encoder(stack, options, x));

    internal static TransformerOptions Options(TransformerDecoderLayer module, ModuleParameters layer) => Options(
        module, layer, module.call, (options, x, memory) => AttentionFormulas.DecoderLayer(layer, options, x, memory));

    internal static TransformerOptions Options(TransformerDecoder module, ModuleParameters stack) => Options(
        module, stack.Layers[0], module.call, (options, x, memory) => AttentionFormulas.Decoder(stack, options, x, memory));

    internal static TransformerOptions Options(Transformer module, ModuleParameters both)
    {
        var (encoder, decoder) = (both.Below("encoder"), both.Below("decoder"));
        return Options(
            module, decoder.Layers[0], module.call,
            (options, source, target) => AttentionFormulas.Decoder(decoder, options, target, AttentionFormulas.Encoder(encoder, options, source)));
    }

    /// <param name="module">The module.</param>
    /// <param name="layer">One of its layers.</param>
    /// <param name="call">Runs the module on the sequences that it takes; the second may be of no use to it.</param>
    /// <param name="formula">What it should give, with these options.</param>
    private static TransformerOptions Options(
        nn.Module module, ModuleParameters layer, Func<Tensor, Tensor, Tensor> call, Func<TransformerOptions, Tensor, Tensor, Tensor> formula)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var generator = new Generator(1);
        var weight = layer["self_attn.out_proj.weight"];
        var (first, second) = (Sequence(weight, generator), Sequence(weight, generator));
        return Best(
            from heads in Divisors(weight.shape[0])
            from gelu in (bool[])[false, true]
            select new TransformerOptions(new(heads, ZeroAttention: false), gelu),
            options => formula(options, first, second), call(first, second), module);
    }

    private static Tensor Sequence(Tensor projection, Generator generator) =>
        // Large values, so that attention is far from uniform.
        (randn(Length, Batch, projection.shape[1], generator: generator) * 4).to(projection.dtype).to(projection.device);

    private static IEnumerable<long> Divisors(long size)
    {
        for (var divisor = 1L; divisor <= size; divisor++)
            if (size % divisor == 0) yield return divisor;
    }

    private static T Best<T>(IEnumerable<T> candidates, Func<T, Tensor> compute, Tensor expected, nn.Module module) where T : struct
    {
        var (best, difference) = candidates
            .Select(candidate => (Candidate: candidate, Difference: (compute(candidate) - expected).abs().max().ToDouble()))
            .MinBy(result => result.Difference);
        var accepted = 1e-3 * Math.Max(expected.abs().max().ToDouble(), 1);
        return difference <= accepted
            ? best
            : throw new OnnxExportException($"{module.GetType().Name} does not compute what is known of it: no number of heads explains its output ({difference:g3} off)");
    }
}
