namespace MlNetSer.Cli;

/// <summary>A part whose list of sounds has changed: what it has of sounds that are still the same need not be computed again.</summary>
internal sealed class FormerPart : IDisposable
{
    private readonly Dictionary<string, string> _contents;
    private readonly IEnumerator<EmbeddedSound> _rows;

    private FormerPart(string path, CancellationToken cancellation)
    {
        _contents = PartReader.EmbeddedContents(path);
        _rows = PartReader.Rows(path, cancellation).GetEnumerator();
    }

    /// <summary>How many rows were taken over.</summary>
    public int Taken { get; private set; }

    /// <summary>The part at this path, or null if there is none, or none that the model and the columns fit.</summary>
    public static FormerPart? Open(string path, PartDescription wanted, CancellationToken cancellation) =>
        File.Exists(path) && PartReader.Describe(path) is var found && found.ModelHash == wanted.ModelHash && found.Patches == wanted.Patches
            ? new(path, cancellation)
            : null;

    /// <summary>Whether it has an embedding of this sound with this content. Several threads may ask.</summary>
    public bool Has(string path, string content) => _contents.TryGetValue(path, out var known) && known == content;

    /// <summary>A row that it has. Rows can only be taken in the order of their paths.</summary>
    public EmbeddedSound Take(string path)
    {
        Taken++;
        while (_rows.MoveNext())
            if (_rows.Current.Path == path) return _rows.Current;
        throw new InvalidDataException($"The part's rows are not in the order of their paths: {path} was looked for.");
    }

    public void Dispose() => _rows.Dispose();
}
