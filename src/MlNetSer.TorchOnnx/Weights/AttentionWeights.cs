using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The weights of multi-head attention, its three projections taken apart.</summary>
internal sealed record AttentionWeights(
    string Prefix, Tensor Query, Tensor Key, Tensor Value, Tensor? QueryBias, Tensor? KeyBias, Tensor? ValueBias,
    Tensor? ExtraKey, Tensor? ExtraValue, Tensor Output, Tensor? OutputBias)
{
    internal long EmbeddingSize => Output.shape[0];

    internal static AttentionWeights Of(nn.Module attention) => Of(ModuleParameters.Of(attention));

    /// <param name="parameters">Those of the attention itself.</param>
    internal static AttentionWeights Of(ModuleParameters parameters)
    {
        // One matrix for all three where their inputs are of the same size, else one each.
        var projections = parameters.Find("in_proj_weight") is { } together
            ? together.chunk(3, 0)
            : [parameters["q_proj_weight"], parameters["k_proj_weight"], parameters["v_proj_weight"]];
        var biases = parameters.Find("in_proj_bias")?.chunk(3, 0);
        return new(
            parameters.Prefix, projections[0], projections[1], projections[2], biases?[0], biases?[1], biases?[2],
            parameters.Find("bias_k"), parameters.Find("bias_v"), parameters["out_proj.weight"], parameters.Find("out_proj.bias"));
    }
}
