using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Activations, element by element.</summary>
internal static class ActivationRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<ReLU>((onnx, _, x) => onnx.Graph.Relu(x)),
        ModuleRule.Of<Sigmoid>((onnx, _, x) => onnx.Graph.Sigmoid(x)),
        ModuleRule.Of<Tanh>((onnx, _, x) => onnx.Graph.Tanh(x)),
    ];
}
