using Microsoft.ML;

namespace MlNetSer;

/// <summary>Loads lists of sounds into ML.NET.</summary>
public static class SoundFolderCatalog
{
    /// <summary>
    /// Lists the sound files under a folder: <c>SoundPath</c> (text) and <c>Label</c> (text), which is the name of the sub-folder that
    /// the sound lies in. The sounds themselves are read when a transform such as
    /// ApplySoundEmbedding asks for them.
    /// </summary>
    /// <param name="catalog">The data operations of the <see cref="MLContext"/>.</param>
    /// <param name="folder">The folder, searched recursively.</param>
    /// <returns>One row per sound, in ordinal order of the paths. The label of a sound directly in the folder is empty.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">There is no sound in it.</exception>
    public static IDataView LoadFromSoundFolder(this DataOperationsCatalog catalog, string folder) =>
        catalog.LoadFromSounds(SoundTable.ReadFolder(folder));

    /// <summary>As <see cref="LoadFromSoundFolder"/>, for sounds listed elsewhere, such as in a CSV file (<see cref="SoundTable"/>).</summary>
    /// <param name="catalog">The data operations of the <see cref="MLContext"/>.</param>
    /// <param name="sounds">The sounds.</param>
    /// <returns>One row per sound in the given order: <c>SoundPath</c> and <c>Label</c> (text).</returns>
    public static IDataView LoadFromSounds(this DataOperationsCatalog catalog, IEnumerable<LabelledSound> sounds)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(sounds);
        return catalog.LoadFromEnumerable(sounds.Select(s => new SoundRow { SoundPath = s.Path, Label = s.Label }).ToList());
    }

    private sealed class SoundRow
    {
        public required string SoundPath { get; init; }

        public required string Label { get; init; }
    }
}
