namespace MlNetSer.Cli;

/// <summary>How patient a download is.</summary>
internal sealed record DownloadPolicy
{
    /// <summary>A connection on which nothing comes for so long is given up.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>So many attempts in a row may fail without a single new byte.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The wait after a first failure; it doubles with each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait, also where the server asks for a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that can still be written where a folder lies.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan WaitAfter(int failures, TimeSpan? askedFor)
    {
        var wait = askedFor ?? (FirstWait * Math.Pow(2, failures - 1));
        return wait < LongestWait ? wait : LongestWait;
    }

    /// <exception cref="Failure">There is less space.</exception>
    public void RequireSpace(string folder, long bytes, string what)
    {
        var free = FreeSpace(folder);
        if (free < bytes)
            throw new Failure($"{what} needs {ByteCount.Text(bytes)} in {folder}, where {ByteCount.Text(free)} are free: make room or choose another folder by --to.");
    }
}
