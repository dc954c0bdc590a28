namespace MlNetSer.Benchmarks;

/// <summary>A folder that goes when it is disposed of.</summary>
internal sealed record Removal(DirectoryInfo Folder) : IDisposable
{
    public void Dispose() => Folder.Delete(recursive: true);
}
