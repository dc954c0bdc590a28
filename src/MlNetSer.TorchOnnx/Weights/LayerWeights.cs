using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>A layer's weight and bias, computed when the graph asks for them.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Bias">The bias; null for a layer without one.</param>
internal sealed record LayerWeights(Func<Tensor> Weight, Func<Tensor>? Bias)
{
    internal static LayerWeights Of(Tensor weight, Tensor? bias) => new(() => weight, bias is null ? null : () => bias);
}
