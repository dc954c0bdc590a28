using System.Globalization;
using System.Text.RegularExpressions;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>
/// The folder of the parts of one archive. What is not a finished part begins with a dot there, which pandas, Spark and others take for hidden.
/// </summary>
internal sealed partial class PartFolder(string folder)
{
    public string PathOf(Shard shard) => Path.Combine(folder, NameOf(shard));

    /// <summary>What is embedded so far of a part.</summary>
    public string JournalOf(Shard shard) => Path.Combine(folder, $".{NameOf(shard)}{EmbeddingJournal.Extension}");

    /// <summary>The finished parts by their names, in order.</summary>
    public IReadOnlyList<(Shard Shard, string Path)> Parts() =>
    [
        .. from path in Directory.EnumerateFiles(folder, "part-*.parquet")
           let match = PartName().Match(Path.GetFileName(path))
           where match.Success
           let shard = new Shard(Number(match.Groups["i"]), Number(match.Groups["n"]))
           orderby shard.Count, shard.Index
           select (shard, path),
    ];

    /// <summary>Takes the part for this process. Whoever held it and died holds it no longer.</summary>
    /// <param name="shard">The part.</param>
    /// <param name="onWait">Called once if another process has it.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public FileLock Take(Shard shard, Action onWait, CancellationToken cancellation)
    {
        if (FileLock.TryTake(LockOf(shard)) is { } taken) return taken;
        onWait();
        return FileLock.Take(LockOf(shard), cancellation);
    }

    /// <summary>Writes the part. Where the file system knows no locks, several processes may do so at once; the last one's stays.</summary>
    public void Write(Shard shard, Action<FileStream> write)
    {
        using var file = new AtomicFile(PathOf(shard), Path.Combine(folder, $".{NameOf(shard)}.{Environment.MachineName}-{Environment.ProcessId}.partial"));
        file.Fill(write, static (stream, write) => write(stream));
        file.Keep();
    }

    /// <summary>Removes what killed processes left behind, and the lock.</summary>
    public void TidyUp(Shard shard)
    {
        try
        {
            foreach (var partial in Directory.EnumerateFiles(folder, $".{NameOf(shard)}.*.partial")) File.Delete(partial);
            File.Delete(LockOf(shard));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They do no harm, and why the part could not be written matters more.
        }
    }

    private static string NameOf(Shard shard) => string.Create(CultureInfo.InvariantCulture, $"part-{shard.Index:00000}-of-{shard.Count:00000}.parquet");

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private string LockOf(Shard shard) => Path.Combine(folder, $".{NameOf(shard)}.lock");

    [GeneratedRegex(@"^part-(?<i>\d{5,9})-of-(?<n>\d{5,9})\.parquet$")]
    private static partial Regex PartName();
}
