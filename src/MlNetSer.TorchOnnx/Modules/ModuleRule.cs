using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Adds what a module computes to the graph.</summary>
internal delegate IReadOnlyList<OnnxValue> ModuleExport(OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs);

/// <summary>How one type of TorchSharp's modules is exported. The table of supported modules in the README is made of these.</summary>
/// <param name="ModuleType">The type, as an open generic where it is one.</param>
/// <param name="Export">Adds it to the graph.</param>
/// <param name="SinceOpset">The oldest opset for which it works.</param>
/// <param name="Limits">What does not work; null where everything does.</param>
internal sealed record ModuleRule(Type ModuleType, ModuleExport Export, int SinceOpset = OnnxGraphBuilder.OldestOpset, string? Limits = null)
{
    /// <summary>A rule for a module that takes and gives one tensor.</summary>
    internal static ModuleRule Of<TModule>(
        Func<OnnxExporter, TModule, OnnxValue, OnnxValue> export, int sinceOpset = OnnxGraphBuilder.OldestOpset, string? limits = null)
        where TModule : nn.Module =>
        new(typeof(TModule), (onnx, module, inputs) =>
        {
            Expect(1, onnx, module, inputs);
            return [export(onnx, (TModule)module, inputs[0]!)];
        }, sinceOpset, limits);

    /// <summary>A rule for a module that takes two tensors and gives one.</summary>
    internal static ModuleRule OfPair<TModule>(Func<OnnxExporter, TModule, OnnxValue, OnnxValue, OnnxValue> export)
        where TModule : nn.Module =>
        new(typeof(TModule), (onnx, module, inputs) =>
        {
            Expect(2, onnx, module, inputs);
            return [export(onnx, (TModule)module, inputs[0]!, inputs[1]!)];
        });

    private static void Expect(int count, OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        if (inputs.Count != count || inputs.Contains(null))
            throw new OnnxExportException($"cannot export {onnx.Describe(module)}: it takes {count} tensors, not {inputs.Count(input => input is not null)}");
    }
}
