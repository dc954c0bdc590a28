using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>A module and all below it.</summary>
internal static class ModuleTree
{
    /// <summary>The module and its descendants, parents before children, each once.</summary>
    internal static IEnumerable<nn.Module> Of(nn.Module root)
    {
        var seen = new HashSet<nn.Module>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<nn.Module>([root]);
        while (pending.TryPop(out var module))
        {
            if (!seen.Add(module)) continue;
            yield return module;
            foreach (var (_, child) in module.named_children().Reverse()) pending.Push(child);
        }
    }

    /// <summary>Where every module of the tree lies, as <c>encoder.layer1.conv</c>; the root's path is empty.</summary>
    internal static IReadOnlyDictionary<nn.Module, string> Paths(nn.Module root)
    {
        var paths = new Dictionary<nn.Module, string>(ReferenceEqualityComparer.Instance) { [root] = "" };
        foreach (var module in Of(root))
            foreach (var (name, child) in module.named_children())
                paths.TryAdd(child, paths[module].Length == 0 ? name : $"{paths[module]}.{name}");
        return paths;
    }
}
