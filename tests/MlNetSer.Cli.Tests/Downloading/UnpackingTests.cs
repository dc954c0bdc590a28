using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

public sealed class UnpackingTests : IDisposable
{
    /// <summary>Even lengths are deflated, odd ones stored.</summary>
    private static readonly (string Name, byte[] Content)[] Files =
    [
        ("top/a.wav", RandomNumberGenerator.GetBytes(20_000)),
        ("top/deep/er/b.wav", RandomNumberGenerator.GetBytes(30_001)),
        ("top/zeros.wav", new byte[100_000]),
        ("top/empty.txt", []),
        ("top/ü.wav", [1, 2, 3]),
        ("__MACOSX/a.wav", [4]),
    ];

    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "target");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_zip_archive()
    {
        Unpack("x.zip", Archives.Zip(Files));
        IsWhole();
    }

    [Fact]
    public void A_gzipped_tar_archive()
    {
        Unpack("x.tar.gz", Archives.TarGz([("./top/", []), .. Files.Select(f => ("./" + f.Name, f.Content))]));
        IsWhole();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(7_919)]
    [InlineData(40_000)]
    public void A_zip_archive_in_volumes(int volumeSize)
    {
        var volumes = Archives.Split(Archives.Zip(Files), volumeSize);
        Assert.True(volumes.Count > 1);
        Unpack(Write([.. volumes]));
        IsWhole();
    }

    /// <summary>In volumes; with 64-bit lengths; both.</summary>
    [Theory]
    [InlineData("-s 64k", 4)]
    [InlineData("-fz", 1)]
    [InlineData("-fz -s 64k", 4)]
    public void Archives_of_the_zip_tool(string options, int count)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zip"), "NOT RUN: needs /usr/bin/zip.");
        foreach (var (name, content) in Files) File.WriteAllBytes(_folder.File(name.Split('/')), content);
        File.WriteAllBytes(_folder.File("top", "large.wav"), RandomNumberGenerator.GetBytes(200_000));
        var start = new ProcessStartInfo("/usr/bin/zip", ["-q", "-r", .. options.Split(' '), "x.zip", "top"]) { WorkingDirectory = _folder.Path };
        using (var zip = Process.Start(start)!) zip.WaitForExit();
        string[] volumes = [.. Directory.EnumerateFiles(_folder.Path, "x.z*").Order(StringComparer.Ordinal)];
        Assert.Equal(count, volumes.Length);
        Unpack(volumes);
        Assert.Equal(File.ReadAllBytes(_folder.File("top", "large.wav")), File.ReadAllBytes(Path.Combine(Target, "large.wav")));
        File.Delete(Path.Combine(Target, "large.wav"));
        IsWhole();
    }

    [Fact]
    public void More_entries_than_16_bits_can_count()
    {
        Unpack("x.zip", Archives.Zip([.. Enumerable.Range(0, 65_600).Select(i => ($"other/{i}", Array.Empty<byte>())), .. Files]));
        IsWhole();
    }

    [Fact]
    public void A_missing_volume_is_noticed()
    {
        var volumes = Archives.Split(Archives.Zip(Files), 7_919);
        Refused(Write([.. volumes.Skip(1)]), "volumes, and ");
        Refused(Write([.. volumes.SkipLast(1)]), "no zip archive, or its end is missing");
        Refused(Write([.. volumes.Skip(1).Reverse().Append(volumes[0])]), "cannot be unpacked");
    }

    [Theory]
    [InlineData("top/../../NAME")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("top/..\\NAME")]
    [InlineData("C:/NAME")]
    [InlineData("top//NAME")]
    public void Names_that_lead_elsewhere_are_refused(string name)
    {
        // Nobody else's file in the folder beside, which belongs to all.
        var unique = $"mlnetser-{Guid.NewGuid():N}";
        name = name.Replace("NAME", unique, StringComparison.Ordinal);
        Refused(Write(Archives.Zip(("top/a.wav", [1]), (name, [2]))), "leads out of the archive");
        if (name != "..") Refused("x.tar.gz", Archives.TarGz(("top/a.wav", [1]), (name, [2])), "leads out of the archive");
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "passwd", SearchOption.AllDirectories));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "..", unique)));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, $"*{unique}*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Links_are_refused() => Refused("x.tar.gz", Archives.TarGzWithLink("top/a.wav", "/etc/passwd"), "SymbolicLink, expected files and folders");

    [Fact]
    public void Damage_is_noticed()
    {
        var zip = Archives.Zip(("top/a.wav", Encoding.ASCII.GetBytes("stored as it is!!")));
        Refused(Write(Archives.Rename(zip, "stored", "stOred")), "'top/a.wav' in it is damaged (its checksum is wrong)");
        Refused(Write(zip[..^30]), "no zip archive");
        Refused(Write("<html>Please log in</html>"u8.ToArray()), "no zip archive");
        Refused(Write(Array.Empty<byte>()), "no zip archive");
        var tar = Archives.TarGz(Files);
        Refused("x.tar.gz", tar[..(tar.Length / 2)], "cannot be unpacked");
        Refused("x.tar.gz", [1, 2, 3], "cannot be unpacked");
    }

    [Fact]
    public void Every_byte_of_a_directory_may_be_wrong()
    {
        var zip = Archives.Zip(("top/a.wav", new byte[1000]), ("top/b.wav", new byte[999]));
        for (var at = zip.Length - 150; at < zip.Length; at++)
        {
            byte[] damaged = [.. zip];
            damaged[at] ^= 0xFF;
            // Not all of them matter, but none may lead to anything else than a refusal or the two files.
            if (Directory.Exists(Target)) Directory.Delete(Target, recursive: true);
            try
            {
                Unpack(Write(damaged));
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                continue;
            }
            Assert.All(Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories), f => Assert.InRange(new FileInfo(f).Length, 999, 1000));
        }
    }

    [Fact]
    public void Another_archive_is_none_of_the_wanted()
    {
        Refused(Write(Archives.Zip(("other/a.wav", [1]))), "has no folder 'top'");
        Refused("x.tar.gz", Archives.TarGz(("other/a.wav", [1])), "has no folder 'top'");
    }

    [Fact]
    public void A_disk_that_is_too_small_is_noticed_before_anything_is_written()
    {
        File.WriteAllBytes(_folder.File("x.zip"), Archives.Zip(Files));
        var failure = Assert.Throws<Failure>(() => Unpacking.Unpack(
            [_folder.File("x.zip")],
            "top",
            Target,
            bytes => new DownloadPolicy { FreeSpace = _ => 150_000 }.RequireSpace(_folder.Path, bytes, "It"),
            new Relay<ProgressState>(_ => { }),
            CancellationToken.None));
        Assert.Contains("It needs 150.0 kB", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard() => Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));

    private void IsWhole() => Assert.Equal(
        Files.Where(f => f.Name.StartsWith("top/", StringComparison.Ordinal)).Select(f => (f.Name[4..], Convert.ToHexString(f.Content))).Order(),
        Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories)
            .Select(f => (Path.GetRelativePath(Target, f).Replace('\\', '/'), Convert.ToHexString(File.ReadAllBytes(f)))).Order());

    private string[] Write(params byte[][] volumes)
    {
        string[] paths = [.. volumes.Select((_, i) => _folder.File(i == volumes.Length - 1 ? "x.zip" : $"x.z{i + 1:00}"))];
        foreach (var (path, volume) in paths.Zip(volumes)) File.WriteAllBytes(path, volume);
        return paths;
    }

    private void Unpack(string name, byte[] archive)
    {
        File.WriteAllBytes(_folder.File(name), archive);
        Unpack(_folder.File(name));
    }

    private void Unpack(params string[] volumes) =>
        Unpacking.Unpack(volumes, "top", Target, _ => { }, new Relay<ProgressState>(_ => { }), CancellationToken.None);

    private void Refused(string name, byte[] archive, string expected)
    {
        File.WriteAllBytes(_folder.File(name), archive);
        Refused([_folder.File(name)], expected);
    }

    private void Refused(string[] volumes, string expected)
    {
        if (Directory.Exists(Target)) Directory.Delete(Target, recursive: true);
        var error = Assert.Throws<InvalidDataException>(() => Unpack(volumes));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(volumes[^1], error.Message, StringComparison.Ordinal);
    }
}
