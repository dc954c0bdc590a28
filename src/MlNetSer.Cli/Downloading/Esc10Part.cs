namespace MlNetSer.Cli;

/// <summary>The part of ESC-50 that is called ESC-10: the rows of its table that say so.</summary>
internal static class Esc10Part
{
    /// <summary>Writes their table beside that of ESC-50.</summary>
    /// <exception cref="InvalidDataException">The table has no column esc10.</exception>
    public static void Write(string folder)
    {
        var path = Path.Combine(folder, "meta", "esc50.csv");
        var lines = File.ReadAllLines(path);
        var column = Array.IndexOf(lines[0].Split(','), "esc10");
        if (column < 0) throw new InvalidDataException($"'{path}' has no column esc10: its header is '{lines[0]}'.");
        var kept = lines.Skip(1).Where(line => line.Split(',')[column] == "True").Prepend(lines[0]);
        AtomicFile.WriteText(Path.Combine(folder, "meta", "esc10.csv"), string.Concat(kept.Select(line => line + "\n")));
    }

    /// <summary>The same, and removes the other sounds, and last the table that lists them. Interrupted, it can be done again.</summary>
    public static void Keep(string folder)
    {
        var all = Path.Combine(folder, "meta", "esc50.csv");
        if (!File.Exists(all)) return;
        Write(folder);
        var kept = SoundTable.ReadCsv(Path.Combine(folder, "meta", "esc10.csv")).Select(s => s.Path).ToHashSet();
        foreach (var sound in Directory.EnumerateFiles(Path.GetFullPath(Path.Combine(folder, "audio"))).Where(s => !kept.Contains(s)).ToList())
            File.Delete(sound);
        File.Delete(all);
    }
}
