using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Finds the custom module whose description is wrong, once the whole model is known to be.</summary>
internal static class Suspect
{
    /// <summary>
    /// The innermost module below the root that, exported by itself for the input that it had, does not compute what it does. Null where no
    /// module that takes one tensor does so.
    /// </summary>
    internal static nn.Module? Find(nn.Module root, ShapeTrace shapes, OnnxExportOptions options)
    {
        // Weights as they are, because what compressing them changes is nobody's mistake.
        var exact = new OnnxExportOptions { Opset = options.Opset, ChildrenInOrder = options.ChildrenInOrder, FoldBatchNorm = options.FoldBatchNorm };
        // Children come after their parents.
        return ModuleTree.Of(root).Skip(1).Reverse().FirstOrDefault(module =>
            (module is IOnnxExportable || options.ChildrenInOrder.Contains(module.GetType()))
            && shapes.LatestInputShape(module) is { } shape && Differs(module, shape, exact));
    }

    private static bool Differs(nn.Module module, long[] shape, OnnxExportOptions options)
    {
        OnnxExportInput[] inputs = [new(options.InputName, [.. shape.Select(OnnxDimension.Fixed)])];
        try
        {
            using var runs = ModuleRuns.Of(module, inputs, options);
            return ParityCheck.FindDifference(GraphWriter.Write(module, inputs, runs, options), runs, options) is not null;
        }
        catch (OnnxExportException)
        {
            // It takes other inputs than random numbers of that shape, so nothing can be said about it.
            return false;
        }
    }
}
