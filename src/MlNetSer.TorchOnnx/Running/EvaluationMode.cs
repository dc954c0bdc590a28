using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Puts a tree of modules into evaluation mode until it is disposed, then restores the mode of each.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _before;

    internal EvaluationMode(nn.Module root)
    {
        _before = [.. ModuleTree.Of(root).Select(module => (module, module.training))];
        root.eval();
    }

    public void Dispose()
    {
        // A module passes its mode on to its children, so parents come first, as they do in the tree.
        foreach (var (module, training) in _before) module.train(training);
    }
}
