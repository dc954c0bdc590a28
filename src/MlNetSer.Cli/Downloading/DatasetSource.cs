namespace MlNetSer.Cli;

/// <summary>A zip archive, whole or in volumes, or a gzipped tar archive.</summary>
/// <param name="TopFolder">The folder in it that is taken; the rest, such as what a file manager adds, is not.</param>
/// <param name="Volumes">The files that it consists of, in their order.</param>
internal sealed record ArchiveSource(string TopFolder, params IReadOnlyList<RemoteFile> Volumes);

/// <summary>A published data set: where it is fetched from, what it holds, what it may be used for.</summary>
internal sealed record DatasetSource
{
    /// <summary>The name that users type.</summary>
    public required string Key { get; init; }

    /// <summary>The published name, which is also that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>What it consists of, in a few words.</summary>
    public required string Content { get; init; }

    public required IReadOnlyList<ArchiveSource> Archives { get; init; }

    /// <summary>The folder that becomes the data set's: one of the archives' top folders, or empty where these lie beside each other in it.</summary>
    public string Root { get; init; } = "";

    /// <summary>About so many bytes are fetched; null where no more is known than that they are packed.</summary>
    public required long? FetchedBytes { get; init; }

    /// <summary>About so many bytes it takes on disk.</summary>
    public required long UnpackedBytes { get; init; }

    /// <summary>How many sounds its tables list.</summary>
    public required int Sounds { get; init; }

    public required string Licence { get; init; }

    public required string Citation { get; init; }

    /// <summary>Its page.</summary>
    public required string Home { get; init; }

    /// <summary>What is left to do in the unpacked folder.</summary>
    public Action<string> Finish { get; init; } = _ => { };
}
