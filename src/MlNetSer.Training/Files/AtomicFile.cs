namespace MlNetSer.Training;

/// <summary>Files that are either whole or not there.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes beside the target, flushes to the disk, then moves into place; whatever fails, the previous file stays as it was. Only one
    /// writer per file at a time.
    /// </summary>
    public static void Write(string path, Action<FileStream> write) => Write(path, path + ".partial", write);

    /// <summary>The same by way of a file of another name in the same folder, where several writers may be at work.</summary>
    public static void Write(string path, string partial, Action<FileStream> write)
    {
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>The same for text in UTF-8.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
