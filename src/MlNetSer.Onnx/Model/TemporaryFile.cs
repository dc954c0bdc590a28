namespace MlNetSer.Onnx;

/// <summary>A file that appears under its name only when it is complete.</summary>
internal sealed class TemporaryFile(string path) : IDisposable
{
    private readonly string _temporary = $"{path}.{Guid.NewGuid():N}.tmp";

    public void Write(Action<Stream> write)
    {
        using var stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    public void Keep() => File.Move(_temporary, path, overwrite: true);

    public void Dispose()
    {
        // A folder that does not exist has no file either, and Delete would hide the reason of the failure.
        if (File.Exists(_temporary)) File.Delete(_temporary);
    }
}
