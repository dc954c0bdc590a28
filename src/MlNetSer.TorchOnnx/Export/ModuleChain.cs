using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Exports modules that follow one another, and folds batch normalisation into the layer before it.</summary>
internal static class ModuleChain
{
    internal static OnnxValue Export(OnnxExporter onnx, OnnxValue x, IReadOnlyList<nn.Module> modules)
    {
        var links = modules.SelectMany(Links).ToList();
        for (var i = 0; i < links.Count; i++)
        {
            if (onnx.Options.FoldBatchNorm && i + 1 < links.Count && BatchNormFolding.Folded(onnx, links[i], links[i + 1]) is { } folded)
            {
                x = onnx.Enter(links[i], () => folded(x));
                i++;
                continue;
            }
            var outputs = onnx.Call(links[i], x);
            x = outputs.Count == 1
                ? outputs[0]
                : throw new OnnxExportException($"{links[i].GetType().Name} gives {outputs.Count} tensors; a chain of modules passes one on");
        }
        return x;
    }

    /// <summary>The modules that a chain consists of once the chains within it are laid out. What derives from Sequential may do anything.</summary>
    private static IEnumerable<nn.Module> Links(nn.Module module) =>
        module.GetType() == typeof(Sequential) ? module.children().SelectMany(Links) : [module];
}
