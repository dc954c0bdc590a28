using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The parameters of a native module by name, or those below one place in it.</summary>
internal sealed class ModuleParameters
{
    private readonly IReadOnlyDictionary<string, Tensor> _all;

    private ModuleParameters(IReadOnlyDictionary<string, Tensor> all, string prefix)
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

    internal static ModuleParameters Of(nn.Module module) =>
        new(module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach()), "");

    internal ModuleParameters Below(string name) => new(_all, $"{Prefix}{name}.");

    internal Tensor? Find(string name) => _all.GetValueOrDefault(Prefix + name);
}
