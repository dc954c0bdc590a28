using MlNetSer.Audio;

namespace MlNetSer;

/// <summary>Lists of sounds with their labels and folds, from a data set, a folder or a CSV file. Thread-safe.</summary>
public static class SoundTable
{
    /// <summary>
    /// Reads a CSV file if <paramref name="path"/> names a file, a data set if it names a folder in the layout of one that
    /// <see cref="SoundDataset"/> knows, and otherwise a folder of sounds.
    /// </summary>
    /// <param name="path">A CSV file as for <see cref="ReadCsv"/>, or a folder as for <see cref="SoundDataset.TryRead"/> or <see cref="ReadFolder"/>.</param>
    /// <returns>At least one sound.</returns>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder of that name, or no sound in it.</exception>
    /// <exception cref="InvalidDataException">A row of the CSV file cannot be used.</exception>
    public static IReadOnlyList<LabelledSound> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return ReadCsv(path);
        if (Directory.Exists(path)) return SoundDataset.TryRead(path)?.Sounds ?? ReadFolder(path);
        throw new FileNotFoundException($"'{path}' does not exist: expected a folder of sounds or a CSV file that lists them.", path);
    }

    /// <summary>
    /// All sound files under a folder. A sound's label is the name of the sub-folder of <paramref name="folder"/> that it lies in,
    /// at whatever depth; sounds that lie directly in <paramref name="folder"/> have an empty label.
    /// </summary>
    /// <param name="folder">The folder, searched recursively for the extensions in <see cref="SoundFile.Extensions"/>.</param>
    /// <returns>At least one sound, in ordinal order of the paths.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">There is no sound in it.</exception>
    public static IReadOnlyList<LabelledSound> ReadFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var paths = SoundFile.Find(folder);
        if (paths.Count == 0)
        {
            var what = Directory.EnumerateFileSystemEntries(folder).Any() ? "holds no sound files" : "is empty";
            throw new FileNotFoundException(
                $"The folder '{folder}' {what}: expected files ending in {string.Join(", ", SoundFile.Extensions)}.", folder);
        }
        return [.. paths.Select(path => new LabelledSound(path, LabelOf(folder, path)))];
    }

    /// <summary>
    /// The sounds listed in a CSV file with a header, as ESC-50, FSDnoisy18k and UrbanSound8K have them. Columns are found by their
    /// usual names, whatever their case and order: the file in <c>filename</c>, <c>fname</c>, <c>file</c>, <c>path</c> or
    /// <c>slice_file_name</c>, the label in <c>category</c>, <c>label</c> or <c>class</c>, and optionally the fold in <c>fold</c>.
    /// </summary>
    /// <param name="path">The CSV file, comma-separated, UTF-8.</param>
    /// <param name="audioFolder">Where the sounds lie. Left out, each is looked for beside the CSV file and in the <c>audio</c> folders there and one level up.</param>
    /// <returns>At least one sound, in the order of the rows. Sounds that are not found keep their path, so that whoever reads them names them.</returns>
    /// <exception cref="FileNotFoundException">There is no such CSV file, or none of its sounds are found.</exception>
    /// <exception cref="InvalidDataException">A column is missing or a row cannot be used; the message has the line number.</exception>
    public static IReadOnlyList<LabelledSound> ReadCsv(string path, string? audioFolder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var table = CsvTable.Read(path);
        var file = table.Column("filename", "fname", "file", "path", "slice_file_name");
        var label = table.Column("category", "label", "class");
        var fold = table.FindColumn("fold");

        var beside = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] folders = audioFolder is null
            ? [beside, Path.Combine(beside, "audio"), Path.Combine(Path.GetDirectoryName(beside) ?? beside, "audio")]
            : [audioFolder];
        // Many sounds share few labels.
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var sounds = table.Rows.Select(row => new LabelledSound(
            Locate(folders, row.Text(file)), Shared(labels, row.Text(label)), fold < 0 ? null : row.Whole(fold))).ToList();
        if (!sounds.Exists(s => File.Exists(s.Path)))
        {
            throw new FileNotFoundException(
                $"None of the {sounds.Count} sounds listed in '{path}' are in {string.Join(" or ", folders.Select(f => $"'{f}'"))}.",
                sounds[0].Path);
        }
        return sounds;
    }

    private static string Shared(Dictionary<string, string> labels, string label)
    {
        if (!labels.TryGetValue(label, out var known)) labels[label] = known = label;
        return known;
    }

    private static string LabelOf(string folder, string path)
    {
        var relative = Path.GetRelativePath(folder, path);
        var end = relative.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return end < 0 ? "" : relative[..end];
    }

    private static string Locate(string[] folders, string name)
    {
        if (Path.IsPathFullyQualified(name)) return Path.GetFullPath(name);
        var candidates = folders.Select(folder => Path.GetFullPath(Path.Combine(folder, name))).ToArray();
        return Array.Find(candidates, File.Exists) ?? candidates[Math.Min(1, candidates.Length - 1)];
    }
}
