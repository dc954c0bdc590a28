namespace MlNetSer.Cli;

/// <summary>Where an entry of an archive may be unpacked to: nowhere but beneath the target.</summary>
internal static class ArchiveEntryPath
{
    /// <summary>The path for an entry, or null for one that lies outside the folder that is wanted.</summary>
    /// <param name="target">The folder that stands for <paramref name="topFolder"/>.</param>
    /// <param name="topFolder">The folder in the archive that is wanted.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="InvalidDataException">The name leads out of the archive.</exception>
    public static string? Resolve(string target, string topFolder, string name)
    {
        string[] parts = name.TrimEnd('/').Split('/');
        if (parts is [".", ..]) parts = parts[1..];
        if (parts.Any(part => part is "" or "." or ".." || part.Any(c => c is '\\' or ':' || char.IsControl(c))))
            throw new InvalidDataException($"the name '{Failure.OneLine(name)}' in it leads out of the archive or is no plain path");
        return parts.Length > 0 && parts[0] == topFolder ? Path.Combine([target, .. parts[1..]]) : null;
    }
}
