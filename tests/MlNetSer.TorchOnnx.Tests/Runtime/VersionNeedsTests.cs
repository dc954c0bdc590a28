using System.Diagnostics;
using System.Text.RegularExpressions;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

public partial class VersionNeedsTests
{
    [Fact]
    public void Only_the_flag_of_the_named_version_changes_as_readelf_sees_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/readelf"), "NOT RUN: needs readelf (Debian package binutils).");
        using var folder = new TemporaryFolder();
        var original = LinuxLibtorch.FindWrapper();
        var elf = File.ReadAllBytes(original);

        Assert.True(VersionNeeds.MarkWeak(elf, LinuxLibtorch.UnusedVersion));

        var patched = folder.File("patched.so");
        File.WriteAllBytes(patched, elf);
        var before = Needs(original);
        var after = Needs(patched);
        Assert.Contains((LinuxLibtorch.UnusedVersion, "none"), before);
        Assert.Contains((LinuxLibtorch.UnusedVersion, "WEAK"), after);
        Assert.True(before.Count > 20, $"readelf lists {before.Count} versions");
        Assert.Equal(
            before.Where(need => need.Version != LinuxLibtorch.UnusedVersion),
            after.Where(need => need.Version != LinuxLibtorch.UnusedVersion));
        Assert.Single(elf.Zip(File.ReadAllBytes(original)), pair => pair.First != pair.Second);
    }

    [Fact]
    public void A_version_that_nothing_needs_leaves_the_file_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: TorchSharp's Linux library is not restored on this system.");
        var elf = File.ReadAllBytes(LinuxLibtorch.FindWrapper());
        var copy = elf.ToArray();
        Assert.False(VersionNeeds.MarkWeak(elf, "GLIBCXX_9.9.9"));
        Assert.Equal(copy, elf);
    }

    [Fact]
    public void Files_that_are_no_library_or_cut_short_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: TorchSharp's Linux library is not restored on this system.");
        Assert.Throws<InvalidDataException>(() => VersionNeeds.MarkWeak(new byte[100], LinuxLibtorch.UnusedVersion));
        var elf = File.ReadAllBytes(LinuxLibtorch.FindWrapper());
        Assert.Throws<InvalidDataException>(() => VersionNeeds.MarkWeak(elf.AsSpan(0, elf.Length / 2), LinuxLibtorch.UnusedVersion));
    }

    /// <summary>Every needed version with its flags, as binutils reads them.</summary>
    private static List<(string Version, string Flags)> Needs(string library)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/readelf", $"-VW \"{library}\"") { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        return [.. NeededVersion().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];
    }

    [GeneratedRegex(@"Name: (\S+)\s+Flags: (\S+)\s+Version:")]
    private static partial Regex NeededVersion();
}
