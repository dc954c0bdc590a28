using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>The work of <c>embed --merge</c>: whether all parts are there and belong together, and one file of them.</summary>
internal sealed class PartMerge(string folder, IReadOnlyList<string> data, string? output, Screen screen, CancellationToken cancellation)
{
    private const int MostListed = 20;

    public int Run()
    {
        if (output is not null && Path.GetDirectoryName(Path.GetFullPath(output)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            throw new Failure($"{output} would lie among the parts, and every sound would be there twice: choose another place.");
        var parts = Directory.Exists(folder) ? new PartFolder(folder).Parts() : throw new Failure($"There is no folder '{folder}'.");
        if (parts.Count == 0) throw new Failure($"{folder} holds no parts: expected what '{Tool.Name} embed --out {folder}' writes.");
        var count = parts[0].Shard.Count;
        if (parts[^1].Shard.Count is var other && other != count)
            throw new Failure($"{folder} holds parts of {count} and parts of {other}: delete one kind.");
        (Shard Shard, string Path, PartDescription Description)[] described = [.. parts.Select(p => (p.Shard, p.Path, PartReader.Describe(p.Path)))];
        RequireOneModel(described);
        var unreadable = described.SelectMany(p => PartReader.Unreadable(p.Path)).ToArray();
        var rows = described.Sum(p => PartReader.RowCount(p.Path));
        screen.Line($"{parts.Count} of {count} parts: {rows} sounds, {rows - unreadable.Length} embeddings of {described[0].Description.EmbeddingSize} numbers, {unreadable.Length} unreadable");
        List(unreadable, s => $"  {s.Error}");
        var missing = Enumerable.Range(0, count).Except(parts.Select(p => p.Shard.Index)).ToArray();
        if (missing.Length > 0)
            throw new Failure($"{folder} lacks {missing.Length} of {count} parts: {Ranges(missing)}. Run them by --shard I/{count}, or as tasks --array={Ranges(missing)} with --shard /{count}.");
        if (data.Count > 0) RequireSameSounds(described);
        if (output is not null)
        {
            Write(described);
            screen.Line($"Merged: {output}");
        }
        screen.Json(new { Parts = count, Sounds = rows, Unreadable = unreadable, File = output });
        return Tool.Success;
    }

    /// <summary>As 3,5-7, which Slurm understands as well.</summary>
    internal static string Ranges(IReadOnlyList<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers)
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1) ranges[^1] = (ranges[^1].First, number);
            else ranges.Add((number, number));
        }
        return string.Join(',', ranges.Select(r => r.First == r.Last ? $"{r.First}" : string.Create(CultureInfo.InvariantCulture, $"{r.First}-{r.Last}")));
    }

    private static void RequireOneModel((Shard Shard, string Path, PartDescription Description)[] parts)
    {
        var first = parts[0].Description;
        foreach (var (shard, path, description) in parts)
        {
            if (description.Shard != shard) throw new Failure($"{path} says that it is part {description.Shard}: was it renamed?");
            if (description.ModelHash != first.ModelHash || description.EmbeddingSize != first.EmbeddingSize || description.Patches != first.Patches)
            {
                throw new Failure(
                    $"{path} was made with '{description.ModelName}' {description.ModelHash[..8]}{With(description)}, and {parts[0].Path} with '{first.ModelName}' {first.ModelHash[..8]}{With(first)}: parts of one archive need one model.");
            }
        }

        static string With(PartDescription description) => description.Patches ? " and patches" : "";
    }

    private void RequireSameSounds((Shard Shard, string Path, PartDescription Description)[] parts)
    {
        var (missing, superfluous) = (new List<string>(), new List<string>());
        foreach (var (shard, path, description) in parts)
        {
            var wanted = ShardedSounds.Read(data, shard);
            if (ShardedSounds.Hash.Of(wanted) == description.SoundsHash) continue;
            var found = PartReader.Paths(path).ToHashSet(StringComparer.Ordinal);
            missing.AddRange(wanted.Select(s => s.Path).Where(p => !found.Remove(p)));
            superfluous.AddRange(found);
        }
        if (missing.Count + superfluous.Count == 0) return;
        List(missing, path => $"  missing: {path}");
        List(superfluous, path => $"  not in the list: {path}");
        throw new Failure($"{folder} lacks {missing.Count} sounds of {string.Join(", ", data)}, and has {superfluous.Count} that are not in it: embed again with --overwrite.");
    }

    /// <summary>Parts are sorted by path, and so is what comes out; it is the file that one process alone would have written.</summary>
    private void Write((Shard Shard, string Path, PartDescription Description)[] parts)
    {
        var hash = new ShardedSounds.Hash();
        var rows = MergeSorted.ByKey(parts.Select(p => PartReader.Rows(p.Path, cancellation)), row => row.Path).Select(row =>
        {
            hash.Add(row.Path, row.Label);
            return row;
        });
        var first = parts[0].Description;
        AtomicFile.Write(output!, stream => PartWriter.Write(
            stream, first.Patches, rows, () => first with { Shard = Shard.Whole, SoundsHash = hash.ToString() }, cancellation));
    }

    private void List<T>(IReadOnlyCollection<T> items, Func<T, string> line)
    {
        foreach (var item in items.Take(MostListed)) screen.Warn(line(item));
        if (items.Count > MostListed) screen.Warn($"  and {items.Count - MostListed} more");
    }
}
