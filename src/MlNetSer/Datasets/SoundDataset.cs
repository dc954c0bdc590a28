namespace MlNetSer;

/// <summary>A published data set on disk, recognised by its files, with the labels, folds and test set that it fixes.</summary>
/// <param name="Name">Its published name, such as ESC-50.</param>
/// <param name="Folder">The folder that it lies in.</param>
/// <param name="Sounds">All its sounds, those of a test set included (<see cref="LabelledSound.IsTest"/>).</param>
public sealed record SoundDataset(string Name, string Folder, IReadOnlyList<LabelledSound> Sounds)
{
    private static readonly (string Name, string Marker, Func<string, IReadOnlyList<LabelledSound>> Read)[] Layouts =
    [
        ("ESC-50", EscLayout.Table50, EscLayout.Read50),
        ("ESC-10", EscLayout.Table10, EscLayout.Read10),
        ("UrbanSound8K", UrbanSound8KLayout.Table, UrbanSound8KLayout.Read),
        ("FSDnoisy18k", FsdNoisy18k.TrainTable, folder => FsdNoisy18k.Read(folder).All()),
        ("FSD50K", Fsd50KLayout.DevTable, Fsd50KLayout.Read),
    ];

    /// <summary>The names of the data sets whose layouts are known.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Layouts.Select(l => l.Name)];

    /// <summary>
    /// Reads the data set that a folder holds: ESC-50 and UrbanSound8K with their folds, ESC-10 (an ESC-50 folder whose table is
    /// <c>meta/esc10.csv</c>), FSDnoisy18k and FSD50K with their test sets. FSD50K's labels are lists (<see cref="LabelledSound.IsMultiLabel"/>).
    /// </summary>
    /// <param name="folder">A folder in the layout in which the data set is published. Thread-safe.</param>
    /// <returns>The data set; null if the folder is in none of the layouts.</returns>
    /// <exception cref="InvalidDataException">A table of the data set has a row that cannot be used; the message names file, line and value.</exception>
    /// <exception cref="FileNotFoundException">None of the listed sounds is there, or a table is missing.</exception>
    public static SoundDataset? TryRead(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (var (name, marker, read) in Layouts)
        {
            if (File.Exists(Path.Combine(folder, marker))) return new(name, folder, read(folder));
        }
        return null;
    }
}
