namespace MlNetSer.NotebookHost;

/// <summary>What the host is asked to run, as JSON.</summary>
/// <param name="Assemblies">The managed assemblies of the packages.</param>
/// <param name="NativeFolders">Where the packages' native libraries for this machine lie.</param>
/// <param name="Cells">The notebook's code, in order, without its package references.</param>
/// <param name="Program">The source files of the program with the same steps.</param>
/// <param name="Folder">The notebook runs in its sub-folder <c>notebook</c>, the program in <c>app</c>.</param>
public sealed record HostJob(
    IReadOnlyList<string> Assemblies,
    IReadOnlyList<string> NativeFolders,
    IReadOnlyList<string> Cells,
    IReadOnlyList<string> Program,
    string Folder);

/// <summary>What came out of it, as JSON.</summary>
/// <param name="Cells">What each cell displayed.</param>
/// <param name="Program">What the program wrote to the console.</param>
public sealed record HostResult(IReadOnlyList<IReadOnlyList<CellOutput>> Cells, string Program);

/// <summary>One output of a cell.</summary>
/// <param name="MimeType">text/plain, or what the displayed object has a formatter for.</param>
/// <param name="Content">The text.</param>
public sealed record CellOutput(string MimeType, string Content)
{
    /// <summary>The type of console output.</summary>
    public const string Text = "text/plain";
}
