namespace MlNetSer.Onnx;

public sealed partial class OnnxGraphBuilder
{
    /// <summary>
    /// Puts <c>name/</c> before the names of what is added until the result is disposed: <c>using (g.Scope("conv1")) ...</c>. Scopes nest.
    /// </summary>
    public IDisposable Scope(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new PrefixScope(this, $"{_prefix}{name}/");
    }

    /// <summary>Keeps a name for an input or output.</summary>
    internal void Claim(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_names.Add(name)) throw new ArgumentException($"graph '{_graph.Name}' already has a value '{name}'", nameof(name));
        _ends.Add(name);
    }

    /// <summary>As <see cref="Claim"/>, but an inner value that has the name makes room in the finished model.</summary>
    private void ClaimForOutput(string name)
    {
        var isInner = _parent is null && _names.Contains(name) && _ends.Add(name);
        if (isInner) _finalNames[name] = Unscoped(name);
        else Claim(name);
    }

    private string Unique(string name) => Unscoped(_prefix + name);

    private string Unscoped(string name)
    {
        var unique = ValueNames.Unused(name, _names);
        _names.Add(unique);
        return unique;
    }

    private PrefixScope Unscoped() => new(this, "");

    private sealed class PrefixScope : IDisposable
    {
        private readonly OnnxGraphBuilder _builder;
        private readonly string _outer;

        public PrefixScope(OnnxGraphBuilder builder, string prefix)
        {
            _builder = builder;
            _outer = builder._prefix;
            builder._prefix = prefix;
        }

        public void Dispose() => _builder._prefix = _outer;
    }
}
