namespace MlNetSer.Training;

/// <summary>The storages of a checkpoint by key: what the pickle says of them, and where their bytes lie.</summary>
internal sealed class StorageTable
{
    private readonly Dictionary<string, PickleStorage> storages = [];

    /// <summary>All storages that were named.</summary>
    public IReadOnlyCollection<PickleStorage> All => storages.Values;

    /// <summary>The storage that a persistent id of the legacy and zip layouts names.</summary>
    public PickleStorage Load(object? persistentId, CheckpointReader source)
    {
        // The legacy layout adds a view of the storage, always None since PyTorch 0.4.
        if (persistentId is not (object?[] and ["storage", PickleGlobal { Element: { } element }, string key, string, long count, .. var view])
            || view is not ([] or [null]))
            throw source.Fail("a persistent id is no storage as torch.save names them");
        if (storages.TryGetValue(key, out var known))
        {
            return known.Element == element && known.Count == count
                ? known
                : throw source.Fail($"{known.Label} has {count} elements of {element}, before it had {known.Count} of {known.Element}");
        }
        return Add(key, element, count, source);
    }

    /// <summary>A storage of which no one spoke before.</summary>
    public PickleStorage Add(string key, ElementType element, long count, CheckpointReader source)
    {
        var storage = new PickleStorage(key, element, count);
        if (count < 0 || count > source.FileLength / element.Size())
            throw source.Fail($"{storage.Label} has {count} elements of {element}, more than the file's {source.FileLength} bytes hold");
        if (!storages.TryAdd(key, storage)) throw source.Fail($"{storage.Label} comes twice");
        return storage;
    }

    /// <summary>The storage of that key.</summary>
    public PickleStorage Get(string key, CheckpointReader source) =>
        storages.TryGetValue(key, out var storage) ? storage : throw source.Fail($"there is no storage {CheckpointReader.Quote(key)}");

    /// <summary>Takes the storage's bytes from where the reader is, after their count, and leaves the reader behind them.</summary>
    public static void Place(PickleStorage storage, CheckpointReader source)
    {
        var count = source.ReadInt64();
        if (count != storage.Count) throw source.Fail($"{storage.Label} has {count} elements, {storage.Count} expected");
        if (storage.Offset is not null) throw source.Fail($"{storage.Label} comes twice");
        storage.Offset = source.Position;
        source.Skip(storage.ByteLength);
    }
}
