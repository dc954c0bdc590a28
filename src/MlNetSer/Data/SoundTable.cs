using MlNetSer.Audio;

namespace MlNetSer;

/// <summary>Lists of sounds with their labels and folds, from a folder or from a CSV file. Thread-safe.</summary>
public static class SoundTable
{
    /// <summary>Reads a CSV file if <paramref name="path"/> names a file, a folder of sounds otherwise.</summary>
    /// <param name="path">A CSV file as for <see cref="ReadCsv"/>, or a folder as for <see cref="ReadFolder"/>.</param>
    /// <returns>At least one sound.</returns>
    /// <exception cref="FileNotFoundException">There is neither a file nor a folder of that name, or no sound in it.</exception>
    /// <exception cref="InvalidDataException">A row of the CSV file cannot be used.</exception>
    public static IReadOnlyList<LabelledSound> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return ReadCsv(path);
        if (Directory.Exists(path)) return ReadFolder(path);
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
    /// <param name="audioFolder">Where the sounds lie. Left out, each is looked for beside the CSV file and in its <c>audio</c> folder.</param>
    /// <returns>At least one sound, in the order of the rows. Sounds that are not found keep their path, so that whoever reads them names them.</returns>
    /// <exception cref="FileNotFoundException">There is no such CSV file, or none of its sounds are found.</exception>
    /// <exception cref="InvalidDataException">A column is missing or a row cannot be used; the message has the line number.</exception>
    public static IReadOnlyList<LabelledSound> ReadCsv(string path, string? audioFolder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var lines = CsvLines.Read(path);
        if (lines.Count == 0) throw new InvalidDataException($"'{path}' is empty: expected a header such as 'filename,fold,category'.");
        var header = lines[0].Fields;
        var file = RequireColumn(path, header, "filename", "fname", "file", "path", "slice_file_name");
        var label = RequireColumn(path, header, "category", "label", "class");
        var fold = FindColumn(header, ["fold"]);

        var beside = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] folders = audioFolder is null ? [beside, Path.Combine(beside, "audio")] : [audioFolder];
        var sounds = new List<LabelledSound>(lines.Count - 1);
        foreach (var (number, fields) in lines.Skip(1))
        {
            if (fields.Length != header.Length)
                throw new InvalidDataException($"'{path}' line {number}: {fields.Length} fields, expected {header.Length} as in the header.");
            sounds.Add(new LabelledSound(
                Locate(folders, Required(path, number, header[file], fields[file])),
                Required(path, number, header[label], fields[label]),
                fold < 0 ? null : ParseFold(path, number, fields[fold])));
        }
        if (sounds.Count == 0) throw new InvalidDataException($"'{path}' lists no sounds: there is nothing after its header.");
        if (!sounds.Exists(s => File.Exists(s.Path)))
        {
            throw new FileNotFoundException(
                $"None of the {sounds.Count} sounds listed in '{path}' are in {string.Join(" or ", folders.Select(f => $"'{f}'"))}.",
                sounds[0].Path);
        }
        return sounds;
    }

    private static string LabelOf(string folder, string path)
    {
        var relative = Path.GetRelativePath(folder, path);
        var end = relative.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return end < 0 ? "" : relative[..end];
    }

    private static int FindColumn(string[] header, string[] names)
    {
        foreach (var name in names)
        {
            var at = Array.FindIndex(header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0) return at;
        }
        return -1;
    }

    private static int RequireColumn(string path, string[] header, params string[] names)
    {
        var at = FindColumn(header, names);
        return at >= 0
            ? at
            : throw new InvalidDataException(
                $"'{path}' has no column {string.Join(", ", names.SkipLast(1))} or {names[^1]}: its header is '{string.Join(',', header)}'.");
    }

    private static string Required(string path, int line, string column, string value) =>
        value.Length > 0 ? value : throw new InvalidDataException($"'{path}' line {line}: the column '{column}' is empty.");

    private static int ParseFold(string path, int line, string value) =>
        int.TryParse(value, out var fold)
            ? fold
            : throw new InvalidDataException($"'{path}' line {line}: the fold is '{value}', expected a whole number.");

    private static string Locate(string[] folders, string name)
    {
        var candidates = folders.Select(folder => Path.GetFullPath(Path.Combine(folder, name))).ToArray();
        return Array.Find(candidates, File.Exists) ?? candidates[^1];
    }
}
