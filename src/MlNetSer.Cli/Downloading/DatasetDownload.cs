namespace MlNetSer.Cli;

/// <summary>
/// Fetches a data set: file by file, unpacked beside its place, counted, and only then moved there. Stopped at any point, the same call
/// goes on from there.
/// </summary>
internal sealed class DatasetDownload(FileDownload files, DownloadPolicy policy, Screen screen)
{
    /// <summary>Fetches the data set, or finds that it is there.</summary>
    /// <param name="source">Which.</param>
    /// <param name="to">The folder in which it gets a folder of its name.</param>
    /// <param name="cancellation">Stops; what has come is kept.</param>
    /// <returns>Its folder.</returns>
    /// <exception cref="Failure">It cannot be had, there is no space, or its folder holds something else.</exception>
    public string Run(DatasetSource source, string to, CancellationToken cancellation)
    {
        var folder = Path.Combine(to, source.Name);
        if (Path.Exists(folder))
        {
            if (Problem(source, folder) is { } other) throw new Failure($"{folder} is there, but {other}: remove it, or choose another folder by --to.");
            return folder;
        }
        var staging = folder + ".partial";
        Directory.CreateDirectory(staging);
        using (Lock(staging))
        {
            policy.RequireSpace(staging, BytesNeeded(source) - BytesIn(staging), source.Name);
            var content = Path.Combine(staging, "content");
            foreach (var archive in source.Archives) Fetch(source, archive, staging, content, cancellation);
            var root = Path.Combine(content, source.Root);
            source.Finish(root);
            if (Problem(source, root) is { } problem)
            {
                Directory.Delete(content, recursive: true);
                throw new Failure($"What was fetched for {source.Name} is not what was published: {problem}.");
            }
            Directory.Move(root, folder);
        }
        Directory.Delete(staging, recursive: true);
        return folder;
    }

    private void Fetch(DatasetSource source, ArchiveSource archive, string staging, string content, CancellationToken cancellation)
    {
        var place = Path.Combine(content, archive.TopFolder);
        if (Directory.Exists(place)) return;
        string[] volumes = [.. archive.Volumes.Select(file => Path.Combine(staging, file.Name))];
        foreach (var (file, path) in archive.Volumes.Zip(volumes))
        {
            screen.Progress($"Fetching {file.Name}", progress =>
                files.FetchAsync(file, path, new TransferProgress(progress, source.FetchedBytes), cancellation).GetAwaiter().GetResult());
        }
        var unpacking = Path.Combine(staging, "unpacking");
        if (Directory.Exists(unpacking)) Directory.Delete(unpacking, recursive: true);
        try
        {
            screen.Progress($"Unpacking {Path.GetFileName(volumes[^1])}", progress => Unpacking.Unpack(
                volumes, archive.TopFolder, unpacking, bytes => policy.RequireSpace(staging, bytes, source.Name), progress, cancellation));
        }
        catch (InvalidDataException) when (archive.Volumes.Any(v => v.Md5 is null))
        {
            // Nothing but this has checked them: the next attempt must not find them whole.
            foreach (var volume in volumes) File.Delete(volume);
            throw;
        }
        Directory.CreateDirectory(content);
        Directory.Move(unpacking, place);
        foreach (var volume in volumes) File.Delete(volume);
    }

    /// <summary>Everything unpacked, and the largest archive beside it.</summary>
    private static long BytesNeeded(DatasetSource source) =>
        source.UnpackedBytes + source.Archives.Max(a =>
            a.Volumes.All(v => v.Bytes is not null) ? a.Volumes.Sum(v => v.Bytes!.Value) : source.FetchedBytes ?? source.UnpackedBytes);

    private static long BytesIn(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>What is wrong with the data set in a folder, if anything.</summary>
    private static string? Problem(DatasetSource source, string folder)
    {
        SoundDataset? found;
        try
        {
            found = SoundDataset.TryRead(folder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return Failure.OneLine(e.Message).TrimEnd('.');
        }
        if (found?.Name != source.Name) return $"it is not in the layout of {source.Name}";
        if (found.Sounds.Count != source.Sounds) return $"{found.Sounds.Count} sounds are listed in it, expected {source.Sounds}";
        LabelledSound[] missing = [.. found.Sounds.Where(s => new FileInfo(s.Path) is not { Exists: true, Length: > 0 })];
        return missing.Length == 0 ? null : $"{missing.Length} of {source.Sounds} sounds are missing, the first is '{missing[0].Path}'";
    }

    private static FileStream Lock(string staging)
    {
        var path = Path.Combine(staging, "lock");
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new Failure($"{staging} is in use by another download.");
        }
    }
}
