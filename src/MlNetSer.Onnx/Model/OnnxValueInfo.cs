using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Name, element type and dimensions of a model's input or output. Immutable.</summary>
/// <param name="Name">Its name, unique in the model.</param>
/// <param name="ElementType">The type of its elements; <see cref="OnnxElementType.Undefined"/> for anything that is not a tensor.</param>
/// <param name="Dimensions">Its dimensions from the outermost on; null when not even their number is known.</param>
public sealed record OnnxValueInfo(string Name, OnnxElementType ElementType, IReadOnlyList<OnnxDimension>? Dimensions)
{
    /// <summary>For example <c>waveform: Float32 [1, N]</c>.</summary>
    public override string ToString() => $"{Name}: {ElementType} [{(Dimensions is null ? "..." : string.Join(", ", Dimensions))}]";

    internal static OnnxValueInfo From(ValueInfoProto info) => new(
        info.Name,
        (OnnxElementType)(info.Type?.TensorType?.ElemType ?? 0),
        info.Type?.TensorType?.Shape?.Dim.Select(OnnxDimension.From).ToArray());

    internal ValueInfoProto ToProto()
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)ElementType };
        if (Dimensions is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(Dimensions.Select(d => d.ToProto()));
        }
        return new ValueInfoProto { Name = Name, Type = new TypeProto { TensorType = tensor } };
    }
}
