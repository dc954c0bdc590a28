namespace MlNetSer.Training;

/// <summary>A dict or OrderedDict as a pickle builds it. Keys are texts or whole numbers.</summary>
internal sealed class PickleDictionary(bool isOrdered)
{
    /// <summary>Whether it is an OrderedDict, the only thing that a pickle may give attributes.</summary>
    public bool IsOrdered { get; } = isOrdered;

    /// <summary>The entries in the order in which they came; a key may come twice.</summary>
    public List<KeyValuePair<object, object?>> Entries { get; } = [];
}

/// <summary>A list as a pickle builds it. Tuples are arrays.</summary>
internal sealed class PickleList
{
    /// <summary>The items.</summary>
    public List<object?> Items { get; } = [];
}

/// <summary>A name of Python that a checkpoint of tensors may use. It names; nothing of Python stands behind it.</summary>
/// <param name="Module">The Python module.</param>
/// <param name="Name">The name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>The number type, if it is the class of a storage.</summary>
    public ElementType? Element { get; init; }

    /// <summary>What a call of it with some arguments gives, if it can be called.</summary>
    public PickleCall? Call { get; init; }
}

/// <summary>What calling a <see cref="PickleGlobal"/> gives.</summary>
/// <param name="arguments">The arguments, of any number and kind.</param>
/// <param name="pickle">The reader that asks, for errors and limits.</param>
internal delegate object PickleCall(object?[] arguments, PickleReader pickle);

/// <summary>A storage that a pickle refers to. Its bytes lie elsewhere in the file.</summary>
internal sealed class PickleStorage(string key, ElementType element, long count)
{
    /// <summary>The name by which the file knows it.</summary>
    public string Key { get; } = key;

    /// <summary>Its name in messages.</summary>
    public string Label => $"storage {CheckpointReader.Quote(Key)}";

    /// <summary>Its number type.</summary>
    public ElementType Element { get; } = element;

    /// <summary>Its number of elements.</summary>
    public long Count { get; } = count;

    /// <summary>Its number of bytes.</summary>
    public long ByteLength => Count * Element.Size();

    /// <summary>Where its bytes lie in the file, once that is known.</summary>
    public long? Offset { get; set; }
}

/// <summary>A tensor as a view of a storage; offset and strides count elements. All its elements lie inside the storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>The number of elements.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>The number of elements of the storage from its first to its last.</summary>
    public long Span => Count == 0 ? 0 : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();
}
