using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>A module with random options and the inputs to export it for.</summary>
internal sealed record LayerCase(nn.Module Module, params OnnxExportInput[] Inputs) : IDisposable
{
    internal LayerCase(nn.Module module, params OnnxDimension[] shape)
        : this(module, new OnnxExportInput("input", shape))
    {
    }

    /// <summary>Sizes for named dimensions where 1 and 3 do not suit; names that no input has do not matter.</summary>
    internal Dictionary<string, IReadOnlyList<long>> Sizes { get; init; } = [];

    internal OnnxExportOptions Options(int opset, WeightFormat weights = WeightFormat.Float32)
    {
        var names = Inputs.SelectMany(input => input.Shape).Select(dimension => dimension.Name).ToHashSet();
        return new()
        {
            Opset = opset,
            Weights = weights,
            CheckSizes = Sizes.Where(sizes => names.Contains(sizes.Key)).ToDictionary(),
            ChildrenInOrder = [typeof(ListedLayers)],
        };
    }

    public void Dispose() => Module.Dispose();
}
