namespace MlNetSer.Training;

/// <summary>
/// A lock between processes, and between instances within one, held through an empty file that stays. The system releases it when its
/// holder dies.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock, or returns null when another one holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    /// <summary>Waits until the lock is free and takes it.</summary>
    public static FileLock Take(string path, CancellationToken cancellation)
    {
        while (true)
        {
            if (TryTake(path) is { } taken) return taken;
            cancellation.WaitHandle.WaitOne(RetryAfter);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Whether it is the lock that is in the way, and not a full disk or a folder that may not be written to, which no waiting helps against.</summary>
    private static bool IsHeld(IOException e)
    {
        // Windows: ERROR_SHARING_VIOLATION; elsewhere EWOULDBLOCK, of Linux and of BSD and macOS.
        const int SharingViolation = unchecked((int)0x80070020), WouldBlock = 11, WouldBlockOnBsd = 35;
        return e.HResult is SharingViolation or WouldBlock or WouldBlockOnBsd;
    }

    public void Dispose() => _stream.Dispose();
}
