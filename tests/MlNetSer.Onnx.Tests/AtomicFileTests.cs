using MlNetSer.Testing;

namespace MlNetSer.Onnx;

/// <summary>Whatever goes wrong while a file is written: an error that names it, the previous file as it was, and nothing beside it.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public AtomicFileTests()
    {
        _path = _folder.File("out.csv");
        File.WriteAllText(_path, "previous");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void On_a_full_disk()
    {
        using var disk = new SmallDisk(64);
        var path = disk.File("out.csv");
        File.WriteAllText(path, "previous");
        disk.FillUp();

        // More than a buffer, and so little that it is written when the file is flushed.
        foreach (var size in new[] { 100_000, 10 })
        {
            var exception = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream => stream.Write(new byte[size])));
            Assert.StartsWith($"{path} cannot be written: ", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(".partial", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal("previous", File.ReadAllText(path));
        Assert.Equal(["ballast", "out.csv"], disk.Listing());
        disk.MakeRoom();
        AtomicFile.WriteText(path, "next");
        Assert.Equal("next", File.ReadAllText(path));
    }

    [Fact]
    public void On_a_read_only_disk()
    {
        using var disk = new SmallDisk(64);
        var path = disk.File("out.csv");
        File.WriteAllText(path, "previous");
        disk.MakeReadOnly();
        var exception = Assert.Throws<IOException>(() => AtomicFile.WriteText(path, "next"));
        Assert.StartsWith($"{path} cannot be written: Read-only file system", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["out.csv"], disk.Listing());
    }

    [Fact]
    public void In_a_folder_that_may_not_be_written_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: needs a folder that not even root may write to.");
        var exception = Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.WriteText("/sys/out.csv", "next"));
        Assert.Equal("/sys/out.csv cannot be written: Access to the path '/sys/out.csv' is denied.", exception.Message);
    }

    [Fact]
    public void In_a_folder_that_is_not_there_or_goes_away()
    {
        var path = _folder.File("gone", "out.csv");
        File.WriteAllText(path, "previous");
        var exception = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }));
        Assert.StartsWith($"{path} cannot be written: its folder was removed", exception.Message, StringComparison.Ordinal);

        var absent = Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteText(path, "next"));
        Assert.Equal($"{path} cannot be written: there is no folder '{Path.GetDirectoryName(path)}'.", absent.Message);
    }

    [Fact]
    public void While_another_one_writes_it()
    {
        AtomicFile.Write(_path, stream =>
        {
            stream.Write("first"u8);
            var exception = Assert.Throws<IOException>(() => AtomicFile.WriteText(_path, "second"));
            Assert.StartsWith($"{_path} cannot be written: ", exception.Message, StringComparison.Ordinal);
            Assert.Contains("used by another process", exception.Message, StringComparison.Ordinal);
            Assert.Equal("previous", File.ReadAllText(_path));
        });
        Assert.Equal("first", File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Who_reads_the_previous_file_reads_it_to_its_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: a file that is being read cannot be replaced on Windows.");
        using var reader = File.OpenText(_path);
        AtomicFile.WriteText(_path, "next");
        Assert.Equal(("previous", "next"), (reader.ReadToEnd(), File.ReadAllText(_path)));
    }

    [Fact]
    public void What_a_killed_process_left_is_replaced()
    {
        File.WriteAllText(_path + ".partial", "half a file, longer than the next one");
        AtomicFile.WriteText(_path, "next");
        Assert.Equal("next", File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_failure_of_something_else_is_passed_on_as_it_is()
    {
        var failure = new IOException("The sound 'x.wav' cannot be read.");
        Assert.Same(failure, Assert.Throws<IOException>(() => AtomicFile.Write(_path, _ => throw failure)));
        Assert.Equal("previous", File.ReadAllText(_path));
        Assert.Equal([_path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Many_at_once_leave_one_whole_file()
    {
        var contents = Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 50_000)).ToArray();
        var written = await Task.WhenAll(contents.Select(content => Task.Run(() =>
        {
            var count = 0;
            for (var i = 0; i < 20; i++)
            {
                try
                {
                    AtomicFile.WriteText(_path, content);
                    count++;
                }
                catch (IOException e)
                {
                    Assert.StartsWith(_path, e.Message, StringComparison.Ordinal);
                }
                Assert.True(File.ReadAllText(_path) is "previous" or { Length: 50_000 });
            }
            return count;
        })));
        Assert.True(written.Sum() > 0);
        Assert.Contains(File.ReadAllText(_path), contents);
        Assert.Equal([_path], Directory.GetFiles(_folder.Path));
    }
}
