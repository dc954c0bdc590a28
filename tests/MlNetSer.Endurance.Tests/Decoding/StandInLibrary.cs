using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Endurance.Tests;

/// <summary>The installed libsndfile behind one that misbehaves where a file's name says so (stand-in.c).</summary>
internal static class StandInLibrary
{
    private const string Installed = "/usr/lib/x86_64-linux-gnu/libsndfile.so.1";

    /// <summary>Compiles it, or skips the test where that cannot be done.</summary>
    /// <returns>The folder that it lies in, which a process finds it by.</returns>
    public static string Build(TemporaryFolder folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Installed), $"NOT RUN: needs {Installed}.");
        var library = folder.File("library", "libsndfile.so.1");
        var source = Repository.File("tests", "MlNetSer.Endurance.Tests", "Decoding", "stand-in.c");
        try
        {
            using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-w", $"-DREAL=\"{Installed}\"", "-o", library, source, "-ldl"]);
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("NOT RUN: needs a C compiler. Install it: 'apt-get install gcc libc6-dev'.");
        }
        return Path.GetDirectoryName(library)!;
    }

    /// <summary>A process with it in libsndfile's place.</summary>
    public static ProcessStartInfo In(this ProcessStartInfo start, string libraryFolder)
    {
        start.Environment["LD_LIBRARY_PATH"] = libraryFolder;
        return start;
    }
}
