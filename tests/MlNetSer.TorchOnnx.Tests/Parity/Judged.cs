using System.Runtime.CompilerServices;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Exports with ONNX's own checker as a further judge, where it is installed and knows the opset.</summary>
internal static class Judged
{
    internal static OnnxModel ToJudgedModel(this nn.Module module, IReadOnlyList<OnnxDimension> shape, OnnxExportOptions? options = null) =>
        Accept(module.ToOnnxModel(shape, options));

    // As with the method that it calls, [new("x", ...)] means inputs.
    [OverloadResolutionPriority(1)]
    internal static OnnxModel ToJudgedModel(this nn.Module module, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions? options = null) =>
        Accept(module.ToOnnxModel(inputs, options));

    internal static OnnxModel ToJudgedModel(this nn.Module module, Tensor exampleInput, OnnxExportOptions? options = null) =>
        Accept(module.ToOnnxModel(exampleInput, options));

    /// <exception cref="InvalidDataException">The checker objects.</exception>
    internal static void AcceptFile(string path)
    {
        if (OnnxChecker.Instance is { } checker && checker.CheckFile(path) is { } objection)
            throw new InvalidDataException($"onnx.checker: {objection}");
    }

    private static OnnxModel Accept(OnnxModel model)
    {
        if (OnnxChecker.Instance is { } checker && model.Opset <= checker.NewestOpset && checker.Check(model.ToBytes()) is { } objection)
            throw new InvalidDataException($"onnx.checker: {objection}");
        return model;
    }
}
