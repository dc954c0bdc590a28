using System.Diagnostics;
using Xunit;

namespace MlNetSer.Testing;

/// <summary>A file system of its own in memory, so small that it gets full. Tests where none can be mounted are reported as skipped.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string? _ballast;

    public SmallDisk(int kilobytes)
    {
        var problem = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Path) : "no Linux";
        if (problem is null) return;
        _folder.Dispose();
        Assert.Skip($"NOT RUN: needs a file system that may be mounted, as root may: {problem}");
    }

    public string Path => _folder.Path;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Files and folders, with what lies in them, by their names.</summary>
    public IReadOnlyList<string> Listing() =>
        [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(e => System.IO.Path.GetRelativePath(Path, e)).Order(StringComparer.Ordinal)];

    /// <summary>Takes what room is left.</summary>
    public void FillUp()
    {
        _ballast = File("ballast");
        using var stream = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var block = new byte[4096]; ;) stream.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void MakeRoom() => System.IO.File.Delete(_ballast!);

    public void Resize(int kilobytes) => Require("mount", "-o", $"remount,size={kilobytes}k", Path);

    public void MakeReadOnly() => Require("mount", "-o", "remount,ro", Path);

    public void Dispose()
    {
        // Lazily: a file that a failed test has left open must not keep it.
        Require("umount", "--lazy", Path);
        _folder.Dispose();
    }

    private static void Require(params string[] command)
    {
        if (Run(command) is { } problem) throw new InvalidOperationException($"{string.Join(' ', command)}: {problem}");
    }

    /// <summary>Runs a command, and gives what it said if it failed.</summary>
    private static string? Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{process.ExitCode}, {error.Trim()}";
    }
}
