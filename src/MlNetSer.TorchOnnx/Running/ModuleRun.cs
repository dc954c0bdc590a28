using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The module's answers to random inputs, in evaluation mode, for one set of sizes of the named dimensions.</summary>
internal sealed class ModuleRun : IDisposable
{
    private ModuleRun(Tensor[] inputs, Tensor[] outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The inputs, on the CPU.</summary>
    internal IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>The outputs, on the CPU.</summary>
    internal IReadOnlyList<Tensor> Outputs { get; }

    internal static ModuleRun Of(nn.Module module, IReadOnlyList<OnnxExportInput> inputs, IReadOnlyDictionary<string, long> sizes, ulong seed)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var device = module.parameters().FirstOrDefault()?.device ?? CPU;
        using var generator = new Generator(seed);
        var values = inputs.Select(input => RandomValues(input, sizes, generator)).ToArray();
        IReadOnlyList<Tensor> outputs;
        try
        {
            // Copies, because a module may change its input in place.
            outputs = ModuleCall.Call(module, [.. values.Select(value => value.clone().to(device))]);
        }
        catch (Exception exception) when (exception is not OnnxExportException)
        {
            throw new OnnxExportException(
                $"{module.GetType().Name} cannot run on inputs {string.Join(", ", values.Select(v => $"[{string.Join(", ", v.shape)}]"))}: "
                + $"{exception.Message.Split('\n')[0]} Name sizes that suit it in {nameof(OnnxExportOptions.CheckSizes)}.", exception);
        }
        return new(
            [.. values.Select(value => value.MoveToOuterDisposeScope().DetachFromDisposeScope())],
            [.. outputs.Select(value => value.detach().cpu().contiguous().clone().MoveToOuterDisposeScope().DetachFromDisposeScope())]);
    }

    public void Dispose()
    {
        foreach (var tensor in Inputs.Concat(Outputs)) tensor.Dispose();
    }

    private static Tensor RandomValues(OnnxExportInput input, IReadOnlyDictionary<string, long> sizes, Generator generator)
    {
        var shape = input.Shape.Select(dimension => dimension.Size ?? sizes[dimension.Name!]).ToArray();
        return input.ElementType switch
        {
            OnnxElementType.Float32 => randn(shape, ScalarType.Float32, generator: generator),
            OnnxElementType.Int64 => randint(0, input.ExclusiveMaximum, shape, ScalarType.Int64, generator: generator),
            OnnxElementType.Int32 => randint(0, input.ExclusiveMaximum, shape, ScalarType.Int32, generator: generator),
            OnnxElementType.Bool => randint(0, 2, shape, ScalarType.Bool, generator: generator),
            _ => throw new OnnxExportException($"input '{input.Name}': element type {input.ElementType}; expected Float32, Int64, Int32 or Bool"),
        };
    }
}
