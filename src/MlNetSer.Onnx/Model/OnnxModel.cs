using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// An ONNX model in memory: read it, look at it, rename its inputs and outputs, splice it with another, write it.
/// Build one with <see cref="OnnxGraphBuilder"/>. Reading members from several threads is safe as long as no thread changes the model.
/// </summary>
public sealed partial class OnnxModel
{
    private readonly ModelProto _proto;

    internal OnnxModel(ModelProto proto)
    {
        _proto = proto;
        Metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in proto.MetadataProps) Metadata[entry.Key] = entry.Value;
    }

    /// <summary>The version of ONNX's file format.</summary>
    public long IrVersion => _proto.IrVersion;

    /// <summary>The version of ONNX's own operators that the graph uses; 0 when it imports none.</summary>
    public long Opset => OpsetImports.GetValueOrDefault("");

    /// <summary>The graph's name.</summary>
    public string Name
    {
        get => _proto.Graph.Name;
        set => _proto.Graph.Name = value;
    }

    /// <summary>What the model does, in prose.</summary>
    public string DocString
    {
        get => _proto.DocString;
        set => _proto.DocString = value;
    }

    /// <summary>The program that wrote the model.</summary>
    public string ProducerName
    {
        get => _proto.ProducerName;
        set => _proto.ProducerName = value;
    }

    /// <summary>That program's version.</summary>
    public string ProducerVersion
    {
        get => _proto.ProducerVersion;
        set => _proto.ProducerVersion = value;
    }

    /// <summary>Free entries that travel with the model (<c>metadata_props</c>), in ordinal order of their keys.</summary>
    public IDictionary<string, string> Metadata { get; }

    /// <summary>The inputs that a caller must feed, in order. Those that have a default (an initializer of the same name) are left out.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs
    {
        get
        {
            var defaults = InitializerNames().ToHashSet(StringComparer.Ordinal);
            return [.. _proto.Graph.Input.Where(i => !defaults.Contains(i.Name)).Select(OnnxValueInfo.From)];
        }
    }

    /// <summary>The outputs, in order.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs => [.. _proto.Graph.Output.Select(OnnxValueInfo.From)];

    /// <summary>The number of nodes in the main graph, those of sub-graphs left out.</summary>
    public int NodeCount => _proto.Graph.Node.Count;

    internal ModelProto Proto => _proto;

    internal Dictionary<string, long> OpsetImports
    {
        get
        {
            var imports = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var import in _proto.OpsetImport) imports[import.Domain == "ai.onnx" ? "" : import.Domain] = import.Version;
            return imports;
        }
    }

    /// <summary>A copy that changes apart from this model.</summary>
    public OnnxModel Clone() => new(ToProto().Clone());

    /// <summary>
    /// Renames an input or output. Whatever inside the graph already has the new name makes room.
    /// </summary>
    /// <exception cref="ArgumentException">No input or output is called <paramref name="oldName"/>, or another one is called <paramref name="newName"/>.</exception>
    public void Rename(string oldName, string newName)
    {
        ArgumentException.ThrowIfNullOrEmpty(oldName);
        ArgumentException.ThrowIfNullOrEmpty(newName);
        var endpoints = _proto.Graph.Input.Concat(_proto.Graph.Output).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        if (!endpoints.Contains(oldName))
            throw new ArgumentException($"the model has no input or output '{oldName}'; it has {string.Join(", ", endpoints)}", nameof(oldName));
        if (oldName == newName) return;
        if (endpoints.Contains(newName))
            throw new ArgumentException($"'{oldName}' cannot become '{newName}': the model already has an input or output of that name", nameof(newName));

        var names = ValueNames.InOrder(_proto.Graph).ToHashSet(StringComparer.Ordinal);
        var map = new Dictionary<string, string>(StringComparer.Ordinal) { [oldName] = newName };
        if (names.Contains(newName)) map[newName] = ValueNames.Unused(newName, names);
        ValueNames.Rename(_proto.Graph, map);
    }

    /// <summary>Turns a constant (an initializer of the main graph) into a further input of the same type and dimensions, which callers must feed.</summary>
    /// <exception cref="ArgumentException">The graph has no such initializer.</exception>
    public void MakeInput(string initializer)
    {
        ArgumentException.ThrowIfNullOrEmpty(initializer);
        var graph = _proto.Graph;
        var tensor = graph.Initializer.FirstOrDefault(i => i.Name == initializer)
            ?? throw new ArgumentException($"'{Name}' has no initializer '{initializer}'", nameof(initializer));
        graph.Initializer.Remove(tensor);
        if (graph.Input.Any(i => i.Name == initializer)) return;
        graph.Input.Add(new OnnxValueInfo(initializer, (OnnxElementType)tensor.DataType, [.. tensor.Dims.Select(OnnxDimension.Fixed)]).ToProto());
    }

    /// <summary>
    /// What breaks ONNX's rules in this model, one line each; empty when nothing does. Found are names that nothing defines or that are given
    /// twice, nodes out of order, outputs that nothing computes, opsets that are missing, and weights whose data do not fit their dimensions.
    /// Whether an operator accepts its inputs is for a runtime to say.
    /// </summary>
    public IReadOnlyList<string> FindProblems() => ModelProblems.Find(_proto);

    /// <summary>Checks what <see cref="FindProblems"/> looks for.</summary>
    /// <exception cref="OnnxModelException">There are problems; the message has them all.</exception>
    public void Validate()
    {
        var problems = FindProblems();
        if (problems.Count > 0) throw new OnnxModelException($"model '{Name}' is not valid: {string.Join("; ", problems)}");
    }

    /// <summary>The model with today's metadata in it.</summary>
    internal ModelProto ToProto()
    {
        // Copies may be made by several threads at once.
        if (_proto.MetadataProps.Select(m => (m.Key, m.Value)).SequenceEqual(Metadata.Select(m => (m.Key, m.Value)))) return _proto;
        _proto.MetadataProps.Clear();
        _proto.MetadataProps.AddRange(Metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return _proto;
    }

    private IEnumerable<string> InitializerNames() =>
        _proto.Graph.Initializer.Select(i => i.Name).Concat(_proto.Graph.SparseInitializer.Where(i => i.Values is not null).Select(i => i.Values.Name));
}
