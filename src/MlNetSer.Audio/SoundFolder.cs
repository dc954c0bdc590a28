using System.IO.Enumeration;

namespace MlNetSer.Audio;

/// <summary>The walk through a folder of sounds.</summary>
internal static class SoundFolder
{
    private static readonly EnumerationOptions Everything = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };

    public static IReadOnlyList<string> Find(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: no such folder; expected a folder of sound files");
        var found = new List<string>();
        // Links may lead back to a folder above them: the real path tells where the walk has been.
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<(string Path, string RealPath)>([(folder, LinkTarget(folder) ?? Path.GetFullPath(folder))]);
        while (pending.TryPop(out var current))
        {
            if (!visited.Add(Path.TrimEndingDirectorySeparator(current.RealPath))) continue;
            foreach (var entry in Entries(current.Path))
            {
                if (!entry.IsFolder)
                {
                    if (SoundFile.HasSoundExtension(entry.Path)) found.Add(entry.Path);
                    continue;
                }
                var target = entry.IsLink ? LinkTarget(entry.Path) : null;
                pending.Push((entry.Path, target ?? Path.Join(current.RealPath, Path.GetFileName(entry.Path))));
            }
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static string? LinkTarget(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName;

    /// <summary>Last to first, so that a stack of them is worked off in ordinal order.</summary>
    private static IEnumerable<Entry> Entries(string folder) =>
        new FileSystemEnumerable<Entry>(
            folder,
            (ref FileSystemEntry e) => new(e.ToSpecifiedFullPath(), e.IsDirectory, e.Attributes.HasFlag(FileAttributes.ReparsePoint)),
            Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => !e.FileName.StartsWith('.'),
        }.OrderByDescending(e => e.Path, StringComparer.Ordinal);

    private readonly record struct Entry(string Path, bool IsFolder, bool IsLink);
}
