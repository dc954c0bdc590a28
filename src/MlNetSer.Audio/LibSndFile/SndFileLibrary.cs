using System.Reflection;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>Finds libsndfile where the platform's package managers put it.</summary>
internal static class SndFileLibrary
{
    public const string HowToInstall =
        "Install it: 'apt-get install libsndfile1' (Debian, Ubuntu), 'dnf install libsndfile' (Fedora), 'brew install libsndfile' (macOS); "
        + "on Windows put sndfile.dll from https://github.com/libsndfile/libsndfile/releases beside the program.";

    private static readonly Lazy<nint> Loaded = new(() => Load(Names()));

    /// <summary>The library, or 0 where it is missing.</summary>
    public static nint Handle => Loaded.Value;

    /// <summary>The first of the libraries that is there, or 0.</summary>
    public static nint Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out var handle)) return handle;
        }
        return 0;
    }

    private static string[] Names()
    {
        if (OperatingSystem.IsWindows()) return ["sndfile.dll", "libsndfile-1.dll"];
        // Programs on macOS do not look into the folders of Homebrew (Apple silicon, Intel) and MacPorts by themselves.
        if (OperatingSystem.IsMacOS())
        {
            return
            [
                "libsndfile.dylib", "libsndfile.1.dylib", "/opt/homebrew/lib/libsndfile.dylib", "/usr/local/lib/libsndfile.dylib",
                "/opt/local/lib/libsndfile.dylib",
            ];
        }
        return ["libsndfile.so.1", "libsndfile.so"];
    }
}
