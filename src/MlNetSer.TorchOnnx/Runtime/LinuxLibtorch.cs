using System.Runtime.InteropServices;

namespace MlNetSer.TorchOnnx;

/// <summary>Finds and loads libtorch and TorchSharp's native library on Linux.</summary>
internal static class LinuxLibtorch
{
    /// <summary>What libLibTorchSharp.so 0.107 needs of libstdc++ only for an initialiser that nothing refers to.</summary>
    internal const string UnusedVersion = "GLIBCXX_3.4.32";

    internal const string WrapperName = "libLibTorchSharp.so";

    /// <summary>
    /// Loads them in the order of their dependencies. TorchSharp asks for them by name later, and the dynamic linker then answers with
    /// what carries that name (soname) already.
    /// </summary>
    internal static void Load()
    {
        var folders = SearchFolders();
        NativeLibrary.Load(Find("libtorch_cpu.so", "libtorch-cpu-linux-x64 (or TorchSharp-cuda-linux)", folders));
        NativeLibrary.Load(Find("libtorch.so", "libtorch-cpu-linux-x64 (or TorchSharp-cuda-linux)", folders));
        var wrapper = Find(WrapperName, "TorchSharp", folders);
        if (!NativeLibrary.TryLoad(wrapper, out _)) LoadWithoutUnusedVersion(wrapper);
    }

    /// <summary>The path of TorchSharp's own native library.</summary>
    internal static string FindWrapper() => Find(WrapperName, "TorchSharp", SearchFolders());

    private static void LoadWithoutUnusedVersion(string wrapper)
    {
        var elf = File.ReadAllBytes(wrapper);
        // Anything else that is wrong with it is told by the dynamic linker's own message.
        NativeLibrary.Load(VersionNeeds.MarkWeak(elf, UnusedVersion) ? MemoryFile.Write(WrapperName, elf) : wrapper);
    }

    private static string Find(string file, string package, IReadOnlyList<string> folders) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new DllNotFoundException(
            $"{file} not found in {string.Join(", ", folders)}. Add the package {package} to the application.");

    /// <summary>The application's native folders as its host knows them, then those beside TorchSharp.dll, then the package cache.</summary>
    private static List<string> SearchFolders()
    {
        var rid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var native = Path.Combine("runtimes", rid, "native");
        var hosted = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var torchSharp = Path.GetDirectoryName(typeof(TorchSharp.torch).Assembly.Location) is { Length: > 0 } folder
            ? folder
            : AppContext.BaseDirectory;
        // In a script or notebook TorchSharp.dll lies in the package cache, as <cache>/torchsharp/<version>/lib/<framework>.
        var package = Path.Combine(torchSharp, "..", "..");
        var libtorch = Path.Combine(package, "..", "..", $"libtorch-cpu-{rid}");
        string[] beside = [torchSharp, Path.Combine(torchSharp, native), AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, native)];
        string[] cached = [Path.Combine(package, native), .. Versions(libtorch).Select(version => Path.Combine(version, native))];
        return [.. hosted.Concat(beside).Concat(cached).Select(Path.GetFullPath).Where(Directory.Exists).Distinct()];
    }

    private static string[] Versions(string package) => Directory.Exists(package) ? Directory.GetDirectories(package) : [];
}
