using System.Collections.Frozen;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The rules for all supported modules.</summary>
internal static class ModuleRules
{
    private static readonly FrozenDictionary<Type, ModuleRule> ByType = All.ToFrozenDictionary(rule => rule.ModuleType);

    /// <summary>The groups of modules with their rules, in the order of the README's table.</summary>
    internal static IEnumerable<(string Group, IReadOnlyList<ModuleRule> Rules)> Groups =>
    [
        ("Convolution", ConvolutionRules.Rules),
        ("Linear", LinearRules.Rules),
        ("Normalisation", NormalizationRules.Rules),
        ("Pooling", PoolingRules.Rules),
        ("Activation", ActivationRules.Rules),
        ("Padding", PaddingRules.Rules),
        ("Shape", ShapeRules.Rules),
        ("Identity in evaluation", IdentityRules.Rules),
        ("Recurrent", RecurrentRules.Rules),
        ("Attention", [.. AttentionRules.Rules, .. TransformerRules.Rules]),
        ("Distance", DistanceRules.Rules),
        ("Container", ContainerRules.Rules),
    ];

    private static IEnumerable<ModuleRule> All => Groups.SelectMany(group => group.Rules);

    /// <summary>How to export this module.</summary>
    /// <exception cref="OnnxExportException">There is no way; the message says what to implement.</exception>
    internal static ModuleExport For(OnnxExporter onnx, nn.Module module)
    {
        var type = module.GetType();
        if (module is IOnnxExportable exportable) return (exporter, _, inputs) => exportable.ToOnnx(exporter, [.. inputs.Select(input => input!)]);
        if (onnx.Options.ChildrenInOrder.Contains(type)) return (exporter, _, inputs) => [exporter.Apply(inputs[0]!, [.. module.children()])];
        if (!ByType.TryGetValue(type.IsGenericType ? type.GetGenericTypeDefinition() : type, out var rule))
        {
            throw new OnnxExportException(
                $"cannot export {onnx.Describe(module)}: no rule for this type. Implement {nameof(IOnnxExportable)} on it or on the custom module that "
                + $"holds it; if its forward only calls its children in order, add it to {nameof(OnnxExportOptions)}.{nameof(OnnxExportOptions.ChildrenInOrder)}");
        }
        if (onnx.Graph.Opset < rule.SinceOpset)
            throw new OnnxExportException($"cannot export {onnx.Describe(module)} with opset {onnx.Graph.Opset}: it needs opset {rule.SinceOpset} or newer");
        return rule.Export;
    }
}
