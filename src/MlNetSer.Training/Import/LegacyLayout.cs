namespace MlNetSer.Training;

/// <summary>
/// The layout of PyTorch 0.2 to 1.5: five pickles (a magic number, the protocol's version, facts about the machine, the value, the keys
/// of the storages), then each storage as its number of elements and its bytes.
/// </summary>
internal static class LegacyLayout
{
    private const long ProtocolVersion = 1001;

    private static Int128 MagicNumber { get; } = new(upper: 0x1950, lower: 0xA86A20F9469CFC6C);

    /// <summary>The pickle's value; its storages' places are known.</summary>
    public static object? Read(CheckpointReader source)
    {
        if (new PickleReader(source).Load() is not Int128 magic || magic != MagicNumber)
            throw source.Fail("is a pickle, but not as torch.save writes it");
        if (new PickleReader(source).Load() is not ProtocolVersion) throw source.Fail($"is not of protocol version {ProtocolVersion}");
        RequireLittleEndian(new PickleReader(source).Load(), source);

        var storages = new StorageTable();
        var root = new PickleReader(source, storages.Load).Load();
        if (new PickleReader(source).Load() is not PickleList keys) throw source.Fail("has no list of storages");
        foreach (var key in keys.Items)
        {
            if (key is not string text) throw source.Fail("a storage's key is no text");
            StorageTable.Place(storages.Get(text, source), source);
        }
        return root;
    }

    /// <summary>Refuses a file that a machine of the other byte order wrote.</summary>
    public static void RequireLittleEndian(object? machine, CheckpointReader source)
    {
        if (machine is not PickleDictionary facts || !facts.Entries.Contains(new("little_endian", true)))
            throw source.Fail("does not say that it was written on a little-endian machine");
    }
}
