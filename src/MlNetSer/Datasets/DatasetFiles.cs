namespace MlNetSer;

/// <summary>What the layouts of the data sets have in common.</summary>
internal static class DatasetFiles
{
    /// <exception cref="FileNotFoundException">The data set lacks this table.</exception>
    public static CsvTable Table(string folder, string relative)
    {
        var path = Path.Combine(folder, relative);
        return File.Exists(path)
            ? CsvTable.Read(path)
            : throw new FileNotFoundException($"'{path}' does not exist: the data set in '{folder}' is incomplete.", path);
    }

    /// <summary>A file name from a table, which must not lead out of its folder.</summary>
    public static string Sound(string folder, CsvTable.Row row, int column)
    {
        var name = row.Text(column);
        if (name != Path.GetFileName(name) || name is "." or "..") throw row.Wrong(column, "the name of a file");
        return Path.GetFullPath(Path.Combine(folder, Path.HasExtension(name) ? name : name + ".wav"));
    }

    /// <summary>The same sounds. A few that are missing keep their path, so that whoever reads them names them.</summary>
    /// <exception cref="FileNotFoundException">None of them is there.</exception>
    public static IReadOnlyList<LabelledSound> RequireSome(IReadOnlyList<LabelledSound> sounds, string table, string folder) =>
        sounds.Any(s => File.Exists(s.Path))
            ? sounds
            : throw new FileNotFoundException($"None of the {sounds.Count} sounds that '{table}' lists is in '{folder}'.", sounds[0].Path);
}
