using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Joins two models; see <see cref="OnnxModel.Then(OnnxModel, ReadOnlySpan{ValueTuple{string, string}})"/>.</summary>
internal sealed class Splice
{
    private readonly OnnxModel _first;
    private readonly OnnxModel _second;
    private readonly (string Output, string Input)[] _connections;

    public Splice(OnnxModel first, OnnxModel second, (string Output, string Input)[] connections)
    {
        _first = first;
        _second = second;
        _connections = connections;
        CheckConnections();
    }

    public OnnxModel Result()
    {
        var connected = _connections.ToDictionary(c => c.Input, c => c.Output, StringComparer.Ordinal);
        var (firstInputs, firstOutputs) = (Required(_first), _first.Proto.Graph.Output.Select(o => o.Clone()).ToArray());
        var (secondInputs, secondOutputs) = (Required(_second), _second.Proto.Graph.Output.Select(o => o.Clone()).ToArray());
        RenameDimensions([.. firstInputs, .. firstOutputs], [.. secondInputs, .. secondOutputs]);

        var g = new OnnxGraphBuilder(_first);
        var kept = firstOutputs.Where(o => !connected.ContainsValue(o.Name)).ToArray();
        var added = secondInputs.Where(i => !connected.ContainsKey(i.Name)).ToArray();
        foreach (var end in firstInputs.Concat(added).Concat(kept).Concat(secondOutputs)) Claim(g, end.Name);

        var values = firstInputs.Concat(added).ToDictionary(i => i.Name, g.AddInput, StringComparer.Ordinal);
        var between = g.Inline(_first, [.. firstInputs.Select(i => values[i.Name])]).Zip(firstOutputs).ToDictionary(v => v.Second.Name, v => v.First);
        foreach (var output in kept) g.AddOutput(between[output.Name], output);
        var results = g.Inline(_second, [.. secondInputs.Select(i => connected.TryGetValue(i.Name, out var output) ? between[output] : values[i.Name])]);
        foreach (var (value, info) in results.Zip(secondOutputs)) g.AddOutput(value, info);
        return Describe(g.Build());
    }

    private static ValueInfoProto[] Required(OnnxModel model)
    {
        var names = model.Inputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return [.. model.Proto.Graph.Input.Where(i => names.Contains(i.Name)).Select(i => i.Clone())];
    }

    private void Claim(OnnxGraphBuilder g, string name)
    {
        try
        {
            g.Claim(name);
        }
        catch (ArgumentException e)
        {
            throw new OnnxModelException($"cannot splice '{_first.Name}' and '{_second.Name}': both have an input or output '{name}'; rename one", e);
        }
    }

    private OnnxModel Describe(OnnxModel model)
    {
        model.ProducerName = _first.ProducerName;
        model.ProducerVersion = _first.ProducerVersion;
        if (_first.DocString.Length > 0) model.DocString = _first.DocString;
        foreach (var (key, value) in _first.Metadata.Concat(_second.Metadata)) model.Metadata.TryAdd(key, value);
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
            if (!inputs.Add(inputName)) throw new ArgumentException($"input '{inputName}' of '{_second.Name}' is connected twice");
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

    /// <summary>Dimensions of the second model take the names of those they are connected to; other names that are taken get a number.</summary>
    private void RenameDimensions(ValueInfoProto[] first, ValueInfoProto[] second)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (outputName, inputName) in _connections)
        {
            if (_first.Outputs.First(o => o.Name == outputName).Dimensions is not { } from) continue;
            if (_second.Inputs.First(i => i.Name == inputName).Dimensions is not { } to) continue;
            foreach (var (a, b) in from.Zip(to))
                if (a.Name is not null && b.Name is not null) map.TryAdd(b.Name, a.Name);
        }
        var used = DimensionNames.Of(first).ToHashSet(StringComparer.Ordinal);
        foreach (var name in DimensionNames.Of(second).Distinct().Where(n => !map.ContainsKey(n)).ToArray())
        {
            map.Add(name, ValueNames.Unused(name, used));
            used.Add(map[name]);
        }
        DimensionNames.Rename(second, map);
    }
}
