namespace MlNetSer;

/// <summary>
/// A file that is either whole or not there: it is written beside its place, flushed to the disk, then moved. Whatever fails, and whoever ends the
/// process, the previous file stays as it was. Compiled into every library that writes files.
/// </summary>
/// <remarks>
/// What a killed process leaves is removed by the next one that writes the file. Of two processes that write it at once the second one
/// gets an <see cref="IOException"/> and the first one is not disturbed. Messages name the file, not the one beside it.
/// </remarks>
internal sealed class AtomicFile : IDisposable
{
    // Shared where that is a mere mark of a living writer, as the lock goes with the file into its place, where readers are waiting.
    // Where open files have to be opened for being moved, nobody else may read or write.
    private static readonly FileShare s_share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.Read;

    private readonly string _path;
    private readonly string _partial;
    private readonly FileStream _stream;
    private bool _isKept;

    /// <summary>Opens the file beside the target; the work that the target is for had better come after that.</summary>
    /// <param name="path">The target.</param>
    /// <param name="partial">The file beside it where several writers may be at work and none shall be refused; left out, the target's name with .partial.</param>
    /// <exception cref="IOException">It cannot be written there, or someone else is writing it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    public AtomicFile(string path, string? partial = null)
    {
        (_path, _partial) = (path, Path.GetFullPath(partial ?? path + ".partial"));
        try
        {
            // Nobody gets it for himself while someone writes it.
            if (File.Exists(_partial)) using (Open(FileMode.Open, s_share & FileShare.Delete)) File.Delete(_partial);
            _stream = Open(FileMode.CreateNew, s_share);
        }
        catch (Exception e) when (Named(e) is { } named)
        {
            throw named;
        }
    }

    /// <summary>Fails if the file cannot be written: to be called before hours of work rather than after them.</summary>
    public static void Require(string path)
    {
        using var file = new AtomicFile(path);
    }

    /// <summary>Writes the file, flushed and in its place.</summary>
    public static void Write(string path, Action<FileStream> write) => Write(path, write, static (stream, write) => write(stream));

    /// <summary>The same with a value for <paramref name="write"/>, which may be a span.</summary>
    public static void Write<T>(string path, T value, Action<FileStream, T> write)
        where T : allows ref struct
    {
        using var file = new AtomicFile(path);
        file.Fill(value, write);
        file.Keep();
    }

    /// <summary>The same for text in UTF-8.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes all there is and flushes it to the disk.</summary>
    public void Fill<T>(T value, Action<FileStream, T> write)
        where T : allows ref struct
    {
        try
        {
            write(_stream, value);
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (Named(e) is { } named)
        {
            throw named;
        }
    }

    /// <summary>Moves what was written into its place.</summary>
    public void Keep()
    {
        try
        {
            // Still locked: otherwise another writer might take it for a dead one's.
            File.Move(_partial, _path, overwrite: true);
            _isKept = true;
        }
        catch (FileNotFoundException e)
        {
            throw new IOException($"{_path} cannot be written: its folder was removed or replaced meanwhile.", e);
        }
        catch (Exception e) when (Named(e) is { } named)
        {
            throw named;
        }
    }

    /// <summary>Closes the file, and removes it unless it was kept.</summary>
    public void Dispose()
    {
        try
        {
            using (_stream)
            {
                // While it is still locked.
                if (!_isKept && File.Exists(_partial)) File.Delete(_partial);
            }
        }
        catch (Exception e) when (!_isKept && e is IOException or UnauthorizedAccessException)
        {
            // The reason why it was not kept is the one to be told.
        }
    }

    private FileStream Open(FileMode mode, FileShare share) => new(_partial, mode, FileAccess.ReadWrite, share);

    /// <summary>A failure of this file, not of another one that was read for it, under the name that the user knows; null for others.</summary>
    private Exception? Named(Exception e)
    {
        if (!e.Message.Contains(_partial, StringComparison.Ordinal)) return null;
        var message = $"{_path} cannot be written: {e.Message.Replace(_partial, Path.GetFullPath(_path), StringComparison.Ordinal)}";
        return e switch
        {
            DirectoryNotFoundException => new DirectoryNotFoundException($"{_path} cannot be written: there is no folder '{Path.GetDirectoryName(_partial)}'.", e),
            UnauthorizedAccessException => new UnauthorizedAccessException(message, e),
            IOException => new IOException(message, e),
            _ => null,
        };
    }
}
