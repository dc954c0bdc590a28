using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Exports with ONNX's own checker as a further judge, where it is installed and knows the opset.</summary>
internal static class Judged
{
    internal static OnnxModel Export(nn.Module module, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions options)
    {
        var model = module.ToOnnxModel(inputs, options);
        if (OnnxChecker.Instance is { } checker && options.Opset <= checker.NewestOpset && checker.Check(model.ToBytes()) is { } objection)
            throw new InvalidDataException($"onnx.checker: {objection}");
        return model;
    }
}
