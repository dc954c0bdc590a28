using MlNetSer.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>One input of the model to export: its name, its dimensions, and what random values to try it with.</summary>
/// <param name="Name">Its name in the ONNX model.</param>
/// <param name="Shape">Its dimensions: numbers for fixed ones, names for those known at run time, as <c>["batch", 1, 101, 96]</c>.</param>
public sealed record OnnxExportInput(string Name, IReadOnlyList<OnnxDimension> Shape)
{
    /// <summary>The type of its elements: <see cref="OnnxElementType.Float32"/> (the default), Int64, Int32 or Bool.</summary>
    public OnnxElementType ElementType { get; init; } = OnnxElementType.Float32;

    /// <summary>
    /// What random integers stay below when the model is tried; they start at 0. For the tokens of an embedding, the size of its vocabulary.
    /// </summary>
    public long ExclusiveMaximum { get; init; } = 2;

    /// <summary>An input of the same element type and shape as a tensor, but for its first dimension, which becomes one of any size named "batch".</summary>
    /// <param name="name">Its name in the ONNX model.</param>
    /// <param name="example">The tensor: float32, int64, int32 or bool.</param>
    /// <exception cref="OnnxExportException">The tensor has another element type.</exception>
    public static OnnxExportInput Like(string name, Tensor example)
    {
        ArgumentNullException.ThrowIfNull(example);
        OnnxDimension[] shape = [.. example.shape.Select(OnnxDimension.Fixed)];
        if (shape.Length > 0) shape[0] = "batch";
        return new(name, shape)
        {
            ElementType = example.dtype switch
            {
                ScalarType.Float32 => OnnxElementType.Float32,
                ScalarType.Int64 => OnnxElementType.Int64,
                ScalarType.Int32 => OnnxElementType.Int32,
                ScalarType.Bool => OnnxElementType.Bool,
                _ => throw new OnnxExportException($"input '{name}': element type {example.dtype}; expected float32, int64, int32 or bool"),
            },
            ExclusiveMaximum = example.dtype is ScalarType.Int64 or ScalarType.Int32 && example.numel() > 0 ? Math.Max(example.max().ToInt64() + 1, 1) : 2,
        };
    }
}
