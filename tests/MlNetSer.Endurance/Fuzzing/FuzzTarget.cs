using MlNetSer.Testing;

namespace MlNetSer.Endurance;

/// <summary>A reader of files that come from anywhere, as fuzzing sees it.</summary>
/// <param name="Name">Also that of its folder under <c>Corpora</c>.</param>
/// <param name="Read">Reads an input and looks at all that was read.</param>
/// <param name="IsDocumented">Whether an exception is one that the reader's documentation names for such an input.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read, Func<Exception, bool> IsDocumented)
{
    /// <summary>Texts that mean something to the reader.</summary>
    public IReadOnlyList<byte[]> Tokens { get; init; } = [];

    /// <summary>Makes checksums right again, so that damage gets past them; returns the input itself where that cannot be done.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Managed memory that reading may take at most, whatever the input claims, in bytes beside a hundred times the input's length.</summary>
    public long MostMemory { get; init; } = 2_000_000;

    /// <summary>Well-formed inputs, and inputs that once failed.</summary>
    public IReadOnlyList<(string File, byte[] Content)> Corpus() =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(Folder, file), File.ReadAllBytes(file))),
    ];

    private string Folder => Repository.File("tests", "MlNetSer.Endurance", "Corpora", Name);
}
