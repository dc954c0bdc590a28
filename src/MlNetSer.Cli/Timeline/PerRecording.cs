namespace MlNetSer.Cli;

/// <summary>Where an option puts one file for each recording: under the option's own name where there is one recording, or else into a folder.</summary>
internal sealed class PerRecording
{
    private readonly Dictionary<string, string> _files;

    /// <param name="place">What the option says: a file name with the extension, or a folder; null for nowhere.</param>
    /// <param name="option">Its name.</param>
    /// <param name="extension">What the files' names end in.</param>
    /// <param name="recordings">All recordings.</param>
    /// <exception cref="Failure">One file is named for several recordings, or two recordings have the same name.</exception>
    public PerRecording(string? place, string option, string extension, IReadOnlyList<string> recordings)
    {
        if (place is null)
        {
            _files = [];
            return;
        }
        if (!Path.GetExtension(place).Equals(extension, StringComparison.OrdinalIgnoreCase))
        {
            Directory.CreateDirectory(place);
            var named = recordings.Distinct().GroupBy(r => Path.Combine(place, Path.GetFileNameWithoutExtension(r) + extension)).ToArray();
            if (named.FirstOrDefault(g => g.Count() > 1) is { } same)
                throw new Failure($"{option} would write {string.Join(" and ", same.Take(2))} to the same file {same.Key}: give them different names.");
            _files = named.ToDictionary(g => g.Single(), g => g.Key);
            return;
        }
        if (recordings.Count > 1) throw new Failure($"{option} names one file, {place}, for {recordings.Count} recordings: name a folder.");
        _files = recordings.ToDictionary(r => r, _ => place);
    }

    /// <summary>The file of a recording, or null if none is asked for.</summary>
    public string? Of(string recording) => _files.GetValueOrDefault(recording);
}
