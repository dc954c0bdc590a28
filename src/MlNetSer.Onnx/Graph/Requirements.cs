using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>What a graph asks of the model around it: versions of operator sets and of the file format, functions.</summary>
internal sealed class Requirements
{
    private readonly SortedDictionary<string, long> _opsets = new(StringComparer.Ordinal);
    private readonly List<FunctionProto> _functions = [];
    private long _irVersion;

    public Requirements(int opset)
    {
        Opset = opset;
        _opsets.Add("", opset);
        _irVersion = CurrentIrVersion(opset);
    }

    public int Opset { get; }

    /// <summary>Adds a set of operators beside ONNX's own.</summary>
    public void Add(string domain, long version) => _opsets[domain] = Math.Max(version, _opsets.GetValueOrDefault(domain));

    /// <summary>Adds what another model asks for.</summary>
    /// <exception cref="OnnxModelException">The two contradict each other.</exception>
    public void Add(OnnxModel model, string graphName)
    {
        foreach (var (domain, version) in model.OpsetImports)
        {
            if (!_opsets.TryAdd(domain, version) && _opsets[domain] != version)
            {
                throw new OnnxModelException(
                    $"'{model.Name}' cannot become part of '{graphName}': it has opset {version}{(domain.Length == 0 ? "" : $" of '{domain}'")}, expected {_opsets[domain]}");
            }
        }
        foreach (var function in model.Proto.Functions)
        {
            var same = _functions.Find(f => f.Name == function.Name && f.Domain == function.Domain && f.Overload == function.Overload);
            if (same is null)
                _functions.Add(function.Clone());
            else if (!same.Equals(function))
                throw new OnnxModelException($"'{model.Name}' cannot become part of '{graphName}': both define function '{function.Name}', differently");
        }
        _irVersion = Math.Max(_irVersion, model.IrVersion);
    }

    public void WriteTo(ModelProto model)
    {
        model.IrVersion = _irVersion;
        foreach (var (domain, version) in _opsets) model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        model.Functions.AddRange(_functions.Select(f => f.Clone()));
    }

    /// <summary>The file format version that was current when the opset came out.</summary>
    private static long CurrentIrVersion(int opset) => opset switch
    {
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        24 => 12,
        _ => 13,
    };
}
