using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Joins two models; see <see cref="OnnxModel.Then(OnnxModel, ReadOnlySpan{ValueTuple{string, string}})"/>.</summary>
internal sealed class Splice
{
    private readonly OnnxModel _first;
    private readonly OnnxModel _second;
    private readonly (string Output, string Input)[] _connections;
    private readonly ModelProto _result;
    private readonly ModelProto _added;
    private HashSet<string> _fed = [];

    public Splice(OnnxModel first, OnnxModel second, (string Output, string Input)[] connections)
    {
        _first = first;
        _second = second;
        _connections = connections;
        _result = first.ToProto().Clone();
        _added = second.ToProto().Clone();
    }

    public OnnxModel Result()
    {
        CheckConnections();
        MergeOpsets();
        MergeFunctions();
        RenameDimensions();
        RenameValues();
        RenameNodes();

        var (graph, added) = (_result.Graph, _added.Graph);
        // What shape inference noted on inner values may speak of dimensions under names that have changed; runtimes infer it anew.
        graph.ValueInfo.Clear();
        foreach (var fed in graph.Output.Where(o => _fed.Contains(o.Name)).ToArray()) graph.Output.Remove(fed);
        graph.Input.AddRange(added.Input.Where(i => !_fed.Contains(i.Name)));
        graph.Node.AddRange(added.Node);
        graph.Initializer.AddRange(added.Initializer);
        graph.SparseInitializer.AddRange(added.SparseInitializer);
        graph.QuantizationAnnotation.AddRange(added.QuantizationAnnotation);
        graph.Output.AddRange(added.Output);
        _result.IrVersion = Math.Max(_result.IrVersion, _added.IrVersion);
        var model = new OnnxModel(_result);
        foreach (var (key, value) in _second.Metadata) model.Metadata.TryAdd(key, value);
        return model;
    }

    private void CheckConnections()
    {
        if (_connections.Length == 0) throw new ArgumentException($"nothing connects '{_first.Name}' to '{_second.Name}'");
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (outputName, inputName) in _connections)
        {
            var output = Find(_first.Outputs, outputName, "output", _first);
            var input = Find(_second.Inputs, inputName, "input", _second);
            if (!inputs.Add(inputName)) throw new ArgumentException($"input '{inputName}' is connected twice");
            if (output.ElementType != input.ElementType) throw Disagreement("element types", output, input);
            if (output.Dimensions is not { } from || input.Dimensions is not { } to) continue;
            if (from.Count != to.Count) throw Disagreement("numbers of dimensions", output, input);
            if (from.Zip(to).Any(d => d.First.Size is { } a && d.Second.Size is { } b && a != b)) throw Disagreement("dimensions", output, input);
        }
    }

    private static OnnxValueInfo Find(IReadOnlyList<OnnxValueInfo> among, string name, string kind, OnnxModel model) =>
        among.FirstOrDefault(v => v.Name == name)
        ?? throw new ArgumentException($"'{model.Name}' has no {kind} '{name}'; it has {string.Join(", ", among.Select(v => v.Name))}");

    private OnnxModelException Disagreement(string what, OnnxValueInfo output, OnnxValueInfo input) =>
        new($"cannot splice '{_first.Name}' and '{_second.Name}': {what} differ between output {output} and input {input}");

    private void MergeOpsets()
    {
        var imports = _first.OpsetImports;
        foreach (var (domain, version) in _second.OpsetImports)
        {
            if (!imports.TryGetValue(domain, out var other))
                _result.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
            else if (other != version)
                throw new OnnxModelException($"cannot splice '{_first.Name}' and '{_second.Name}': opset {other} and opset {version} of domain '{domain}'");
        }
    }

    private void MergeFunctions()
    {
        foreach (var function in _added.Functions)
        {
            var same = _result.Functions.FirstOrDefault(
                f => f.Name == function.Name && f.Domain == function.Domain && f.Overload == function.Overload);
            if (same is null)
                _result.Functions.Add(function);
            else if (!same.Equals(function))
                throw new OnnxModelException($"cannot splice '{_first.Name}' and '{_second.Name}': both define function '{function.Name}', differently");
        }
    }

    /// <summary>A dimension's name means one size throughout a model, and runtimes plan memory by it.</summary>
    private void RenameDimensions()
    {
        var used = DimensionNames.Of(_result.Graph);
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (outputName, inputName) in _connections)
        {
            if (_first.Outputs.First(o => o.Name == outputName).Dimensions is not { } from) continue;
            if (_second.Inputs.First(i => i.Name == inputName).Dimensions is not { } to) continue;
            foreach (var (a, b) in from.Zip(to))
                if (a.Name is not null && b.Name is not null) map.TryAdd(b.Name, a.Name);
        }
        foreach (var name in DimensionNames.Of(_added.Graph).Order(StringComparer.Ordinal))
        {
            if (map.ContainsKey(name)) continue;
            var unused = ValueNames.Unused(name, used);
            used.Add(unused);
            map.Add(name, unused);
        }
        DimensionNames.Rename(_added.Graph, map);
    }

    private void RenameValues()
    {
        var (graph, added) = (_result.Graph, _added.Graph);
        var connected = _connections.ToDictionary(c => c.Input, c => c.Output, StringComparer.Ordinal);
        var (firstNames, secondNames) = (ValueNames.Of(graph), ValueNames.Of(added));
        var used = new HashSet<string>(firstNames.Union(secondNames), StringComparer.Ordinal);
        var firstEnds = graph.Input.Concat(graph.Output).Select(v => v.Name).Except(connected.Values).ToHashSet(StringComparer.Ordinal);
        var secondEnds = added.Input.Select(v => v.Name).Where(n => !connected.ContainsKey(n))
            .Concat(added.Output.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
        var firstMap = new Dictionary<string, string>(StringComparer.Ordinal);
        var secondMap = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in secondNames.Intersect(firstNames).Order(StringComparer.Ordinal))
        {
            if (connected.ContainsKey(name) && !secondEnds.Contains(name)) continue;
            if (firstEnds.Contains(name) && secondEnds.Contains(name))
                throw new OnnxModelException($"cannot splice '{_first.Name}' and '{_second.Name}': both have an input or output '{name}'; rename one");
            var unused = ValueNames.Unused(name, used);
            used.Add(unused);
            (secondEnds.Contains(name) ? firstMap : secondMap).Add(name, unused);
        }
        ValueNames.Rename(graph, firstMap);
        _fed = connected.Values.Select(o => firstMap.GetValueOrDefault(o, o)).ToHashSet(StringComparer.Ordinal);
        foreach (var (input, output) in connected) secondMap[input] = firstMap.GetValueOrDefault(output, output);

        var passedThrough = added.Output.Where(o => connected.ContainsKey(o.Name)).Select(o => o.Name).ToArray();
        ValueNames.Rename(added, secondMap);
        foreach (var name in passedThrough)
        {
            added.Output.First(o => o.Name == secondMap[name]).Name = name;
            added.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { secondMap[name] }, Output = { name } });
        }
    }

    private void RenameNodes()
    {
        var used = _result.Graph.Node.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in _added.Graph.Node.Where(n => n.Name.Length > 0))
        {
            node.Name = ValueNames.Unused(node.Name, used);
            used.Add(node.Name);
        }
    }
}
