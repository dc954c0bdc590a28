using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

public sealed class SoundFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sounds_are_found_at_any_depth_in_ordinal_order()
    {
        string[] names = ["b/2.wav", "b/10.WAV", "a/x/y/z.flac", "Z.ogg", "a.mp3", "b/notes.txt", "b/wav", "a/ä.opus", "b/1.wav.bak"];
        foreach (var name in names)
            File.WriteAllText(_folder.File(name.Split('/')), "");
        var expected = new[] { "Z.ogg", "a.mp3", "a/x/y/z.flac", "a/ä.opus", "b/10.WAV", "b/2.wav" }
            .Select(n => Path.Combine([_folder.Path, .. n.Split('/')]));
        Assert.Equal(expected, SoundFile.Find(_folder.Path));
    }

    [Fact]
    public void Hidden_files_and_folders_are_left_out()
    {
        foreach (var name in new[] { "._a.wav", ".trash/b.wav", "c.wav" }) File.WriteAllText(_folder.File(name.Split('/')), "");
        Assert.Equal([_folder.File("c.wav")], SoundFile.Find(_folder.Path));
    }

    [Fact]
    public void Links_are_followed_and_circles_are_walked_once()
    {
        File.WriteAllText(_folder.File("real", "a.wav"), "");
        File.WriteAllText(_folder.File("elsewhere", "b.wav"), "");
        var root = _folder.File("real");
        Directory.CreateSymbolicLink(Path.Combine(root, "up"), root);
        Directory.CreateSymbolicLink(Path.Combine(root, "other"), _folder.File("elsewhere"));
        Directory.CreateSymbolicLink(_folder.File("elsewhere", "back"), root);
        Assert.Equal([_folder.File("real", "a.wav"), _folder.File("real", "other", "b.wav")], SoundFile.Find(root));
        Directory.CreateSymbolicLink(_folder.File("entry"), root);
        Assert.Equal(
            [_folder.File("entry", "a.wav"), _folder.File("entry", "other", "b.wav")], SoundFile.Find(_folder.File("entry")));
    }

    [Fact]
    public void A_folder_without_sound_gives_nothing_and_none_at_all_an_error()
    {
        Assert.Empty(SoundFile.Find(_folder.Path));
        var error = Assert.Throws<DirectoryNotFoundException>(() => SoundFile.Find(Path.Combine(_folder.Path, "absent")));
        Assert.Contains("absent", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.wav", true)]
    [InlineData("dir.x/A.FLAC", true)]
    [InlineData("a.wav.txt", false)]
    [InlineData("wav", false)]
    [InlineData("", false)]
    public void The_extension_decides_what_is_sound(string path, bool expected) =>
        Assert.Equal(expected, SoundFile.HasSoundExtension(path));
}
