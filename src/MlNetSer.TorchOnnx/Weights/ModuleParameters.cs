using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The parameters of a native module by name, or those below one place in it.</summary>
internal sealed class ModuleParameters
{
    private readonly Dictionary<string, Tensor> _all;

    private ModuleParameters(Dictionary<string, Tensor> all, string prefix)
    {
        _all = all;
        Prefix = prefix;
    }

    /// <summary>What all names begin with, with a dot at the end, as <c>layers.0.</c>; empty at the top.</summary>
    internal string Prefix { get; }

    /// <summary>The parts named layers.0, layers.1, ... in order.</summary>
    internal IReadOnlyList<ModuleParameters> Layers
    {
        get
        {
            var count = Enumerable.Range(0, int.MaxValue).First(i => !_all.Keys.Any(name => name.StartsWith($"{Prefix}layers.{i}.", StringComparison.Ordinal)));
            return [.. Enumerable.Range(0, count).Select(i => Below($"layers.{i}"))];
        }
    }

    internal Tensor this[string name] => _all[Prefix + name];

    /// <exception cref="OnnxExportException">The parameters are gone.</exception>
    internal static ModuleParameters Of(nn.Module module)
    {
        var all = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach());
        // TorchSharp's own record of a native module's parameters belongs to the dispose scope that the module was made in.
        if (all.Count == 0) throw new OnnxExportException($"{module.GetType().Name} lost its parameters: make it outside of any dispose scope");
        return new(all, "");
    }

    internal ModuleParameters Below(string name) => new(_all, $"{Prefix}{name}.");

    internal bool Contains(string name) => _all.ContainsKey(Prefix + name);

    internal Tensor? Find(string name) => _all.GetValueOrDefault(Prefix + name);
}
