using System.Collections.Frozen;

namespace MlNetSer.Training;

/// <summary>The names of Python that a checkpoint of tensors may use, and what calling them gives.</summary>
internal static class PickleGlobals
{
    /// <summary>The end of every refusal.</summary>
    public const string OnlyTensors = "only tensors in dictionaries are read, as torch.save(model.state_dict()) writes them";

    private const int MostDimensions = 16;

    private static readonly FrozenDictionary<(string, string), PickleGlobal> Allowed = All().ToFrozenDictionary(g => (g.Module, g.Name));

    /// <summary>The name, or null if it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name) => Allowed.GetValueOrDefault((module, name));

    /// <summary>A value in a few words for a message.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        PickleGlobal global => $"{global.Module}.{global.Name}",
        PickleDictionary => "a dictionary",
        PickleList => "a list",
        object?[] => "a tuple",
        PickleTensor => "a tensor",
        PickleStorage => "a storage",
        string text => CheckpointReader.Quote(text),
        _ => $"{value}",
    };

    private static IEnumerable<PickleGlobal> All()
    {
        yield return new("collections", "OrderedDict") { Call = OrderedDict };
        yield return new("torch", "Size") { Call = Size };
        yield return new("torch._utils", "_rebuild_tensor") { Call = Tensor };
        yield return new("torch._utils", "_rebuild_tensor_v2") { Call = Tensor };
        yield return new("torch._utils", "_rebuild_parameter") { Call = Parameter };
        foreach (var (name, element) in StorageNames)
        {
            yield return new("torch", name + "Storage") { Element = element };
            // The tar layout says of each tensor which class it was.
            yield return new("torch", name + "Tensor");
            yield return new("torch.cuda", name + "Tensor");
        }
    }

    private static (string Name, ElementType Element)[] StorageNames =>
    [
        ("Float", ElementType.Float32), ("Double", ElementType.Float64), ("Half", ElementType.Float16), ("BFloat16", ElementType.BFloat16),
        ("Long", ElementType.Int64), ("Int", ElementType.Int32), ("Short", ElementType.Int16), ("Char", ElementType.Int8),
        ("Byte", ElementType.UInt8), ("Bool", ElementType.Bool),
    ];

    private static PickleDictionary OrderedDict(object?[] arguments, PickleReader pickle)
    {
        var result = new PickleDictionary(isOrdered: true);
        if (arguments is []) return result;
        // Python 2 hands the entries over in the call, as a list of pairs.
        if (arguments is not [PickleList pairs]) throw Mismatch("OrderedDict", pickle);
        pickle.Charge(pairs.Items.Count);
        foreach (var pair in pairs.Items)
        {
            var (key, value) = pair switch
            {
                object?[] and [var k, var v] => (k, v),
                PickleList { Items: [var k, var v] } => (k, v),
                _ => throw Mismatch("OrderedDict", pickle),
            };
            pickle.Set(result, key, value);
        }
        return result;
    }

    private static object?[] Size(object?[] arguments, PickleReader pickle) =>
        arguments is [object?[] sizes] && Array.TrueForAll(sizes, s => s is long) ? sizes : throw Mismatch("Size", pickle);

    private static PickleTensor Parameter(object?[] arguments, PickleReader pickle) =>
        arguments is [PickleTensor tensor, bool, PickleDictionary { Entries: [] }] ? tensor : throw Mismatch("_rebuild_parameter", pickle);

    private static PickleTensor Tensor(object?[] arguments, PickleReader pickle)
    {
        const string name = "_rebuild_tensor";
        if (arguments is not [PickleStorage storage, long offset, object?[] sizes, object?[] strides, .. var rest]) throw Mismatch(name, pickle);
        // Requires_grad, backward hooks (never saved) and, in newer versions, flags such as conjugation.
        if (rest is not ([] or [bool, PickleDictionary { Entries: [] }, .. [] or [PickleDictionary { Entries: [] }]])) throw Mismatch(name, pickle);
        return CreateTensor(storage, offset, Array.ConvertAll(sizes, Whole), Array.ConvertAll(strides, Whole), pickle.Source);

        long Whole(object? value) => value is long whole ? whole : throw Mismatch(name, pickle);
    }

    /// <summary>A tensor all of whose elements lie inside its storage.</summary>
    public static PickleTensor CreateTensor(PickleStorage storage, long offset, long[] shape, long[] strides, CheckpointReader source)
    {
        string Layout() => $"a tensor of shape ({string.Join(", ", shape)}), strides ({string.Join(", ", strides)}) and offset {offset}";
        if (shape.Length > MostDimensions) throw source.Fail($"a tensor of {shape.Length} dimensions, more than {MostDimensions}");
        if (shape.Length != strides.Length || offset < 0 || shape.Any(s => s < 0) || strides.Any(s => s < 0))
            throw source.Fail($"{Layout()} cannot be");
        var isEmpty = shape.Contains(0);
        Int128 count = 1, last = offset;
        for (var i = 0; i < shape.Length; i++)
        {
            // Checked in every dimension, so that the products stay far below 128 bits.
            count *= isEmpty ? 0 : shape[i];
            last += isEmpty ? 0 : (Int128)(shape[i] - 1) * strides[i];
            if (count > storage.Count) throw source.Fail($"{Layout()} has more elements than the {storage.Count} of its {storage.Label}");
        }
        if (!isEmpty && last >= storage.Count)
            throw source.Fail($"{Layout()} reaches beyond the {storage.Count} elements of its {storage.Label}");
        return new PickleTensor(storage, offset, shape, strides);
    }

    private static TorchCheckpointException Mismatch(string name, PickleReader pickle) =>
        pickle.Source.Fail($"arguments of {name} are not those that torch.save writes");
}
