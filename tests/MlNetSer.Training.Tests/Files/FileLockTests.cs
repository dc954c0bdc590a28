using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_held_by_one_and_waited_for_by_others()
    {
        var path = _folder.File("lock");
        var held = FileLock.TryTake(path)!;
        Assert.Null(FileLock.TryTake(path));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.ThrowsAny<OperationCanceledException>(() => FileLock.Take(path, cancellation.Token));
        held.Dispose();
        FileLock.Take(path, CancellationToken.None).Dispose();
    }

    [Fact]
    public void Is_not_waited_for_where_it_cannot_be_taken_by_anybody()
    {
        using var disk = new SmallDisk(64);
        var path = disk.File("lock");
        FileLock.TryTake(path)!.Dispose();
        disk.MakeReadOnly();
        Assert.Contains(path, Assert.Throws<IOException>(() => FileLock.Take(path, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.Take(_folder.File("gone") + "/folder/lock", CancellationToken.None));
    }
}
