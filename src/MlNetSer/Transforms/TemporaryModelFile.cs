using System.Collections.Concurrent;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// The ONNX file that an ML.NET transform keeps open and copies when it is saved. It goes when it is disposed of, when nobody holds it
/// any more, or with the process.
/// </summary>
internal sealed class TemporaryModelFile : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> s_open = new();

    static TemporaryModelFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var path in s_open.Keys) Delete(path);
    };

    private TemporaryModelFile(string path) => Path = path;

    ~TemporaryModelFile() => Delete(Path);

    public string Path { get; }

    public static TemporaryModelFile Write(OnnxModel model)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"mlnetser-{Guid.NewGuid():N}.onnx");
        s_open[path] = true;
        model.Save(path);
        return new(path);
    }

    public void Dispose()
    {
        Delete(Path);
        GC.SuppressFinalize(this);
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
            s_open.TryRemove(path, out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows refuses while a session that nobody disposed of has the file open: the system's temporary folder keeps it.
        }
    }
}
