using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace MlNetSer.NotebookHost;

/// <summary>The packages of a notebook: found when they are asked for, as in any host that learns of them only at run time.</summary>
internal static class PackageAssemblies
{
    /// <summary>Answers the runtime's questions from now on.</summary>
    /// <returns>What cells and programs are compiled against: the framework and the packages.</returns>
    public static MetadataReference[] Use(HostJob job)
    {
        var byName = job.Assemblies.ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            byName.TryGetValue(name.Name!, out var path) ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => job.NativeFolders
            .SelectMany(folder => (string[])[name, $"{name}.so", $"lib{name}.so", $"{name}.dll", $"lib{name}.dylib"], Path.Combine)
            .Where(File.Exists)
            .Select(NativeLibrary.Load)
            .FirstOrDefault();
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return
        [
            .. Directory.GetFiles(framework, "*.dll").Where(IsManaged).Concat(job.Assemblies).Select(path => MetadataReference.CreateFromFile(path)),
        ];
    }

    private static bool IsManaged(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
