using System.Globalization;

namespace MlNetSer.Training;

/// <summary>
/// The layout since PyTorch 1.6: a zip archive of NAME/data.pkl, NAME/data/KEY for each storage, NAME/version and NAME/byteorder.
/// </summary>
internal static class ZipLayout
{
    private const int NewestVersion = 10;

    /// <summary>The pickle's value; its storages' places are known.</summary>
    public static object? Read(CheckpointReader source)
    {
        var entries = ZipDirectory.Read(source);
        var pickles = entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)).ToArray();
        if (pickles is not [var pickle]) throw source.Fail($"the archive has {pickles.Length} entries named data.pkl, one expected");
        var folder = pickle[..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw source.Fail("is a TorchScript module, which holds code; save model.state_dict() with torch.save instead");
        if (Text("byteorder") is { } order and not "little")
            throw source.Fail($"has byte order {CheckpointReader.Quote(order)}, 'little' expected");
        if (Text("version") is { } version && !(int.TryParse(version, CultureInfo.InvariantCulture, out var known) && known <= NewestVersion))
            throw source.Fail($"has version {CheckpointReader.Quote(version)}, at most {NewestVersion} is known");

        var storages = new StorageTable();
        var root = new PickleReader(entries[pickle], storages.Load).Load();
        foreach (var storage in storages.All)
        {
            if (!entries.TryGetValue($"{folder}data/{storage.Key}", out var content))
                throw source.Fail($"the archive has no entry for {storage.Label}");
            var length = content.End - content.Position;
            if (length != storage.ByteLength) throw content.Fail($"{storage.Label} has {length} bytes, {storage.ByteLength} expected");
            storage.Offset = content.Position;
        }
        return root;

        string? Text(string name)
        {
            const int longest = 16;
            if (!entries.TryGetValue(folder + name, out var entry)) return null;
            return entry.ReadText(Math.Min(longest, entry.End - entry.Position)).Trim();
        }
    }
}
