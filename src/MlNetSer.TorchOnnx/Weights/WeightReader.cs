using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>TorchSharp tensors as ONNX tensors.</summary>
internal static class WeightReader
{
    /// <summary>A copy of the tensor; floating point of any width becomes float32 or what is asked for.</summary>
    internal static OnnxTensor Read(Tensor tensor, ScalarType floatingPoint = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().cpu();
        if (values.is_floating_point() && values.dtype != floatingPoint) values = values.to(floatingPoint);
        values = values.contiguous();
        var type = values.dtype switch
        {
            ScalarType.Float32 => OnnxElementType.Float32,
            ScalarType.Float16 => OnnxElementType.Float16,
            ScalarType.Int64 => OnnxElementType.Int64,
            ScalarType.Int32 => OnnxElementType.Int32,
            ScalarType.Byte => OnnxElementType.UInt8,
            ScalarType.Int8 => OnnxElementType.Int8,
            ScalarType.Bool => OnnxElementType.Bool,
            var other => throw new OnnxExportException($"a weight of type {other}; expected floating point, integer or bool"),
        };
        return OnnxTensor.FromBytes(type, values.bytes, values.shape);
    }
}
