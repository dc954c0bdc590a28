using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Modules that hold others.</summary>
internal static class ContainerRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Sequential>((onnx, sequential, x) => onnx.Apply(x, sequential)),
        // A list has no forward of its own; in a custom module whose children are called in order it stands for its entries.
        new(typeof(ModuleList<>), (onnx, list, inputs) => [onnx.Apply(inputs[0]!, [.. list.children()])], Limits: "within a module of ChildrenInOrder"),
    ];
}
