using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// A Linux file that exists in memory only. A library can be loaded from it without a folder that must be writable, owned by nobody
/// else, mounted for execution, and cleaned up later.
/// </summary>
internal static partial class MemoryFile
{
    /// <summary>Writes such a file and gives the path under which this process sees it for the rest of its life.</summary>
    /// <exception cref="IOException">The system refuses to create it.</exception>
    internal static string Write(string name, ReadOnlySpan<byte> content)
    {
        var descriptor = Create(name, flags: 0);
        if (descriptor < 0) throw new IOException($"memfd_create failed: {Marshal.GetLastPInvokeErrorMessage()}");
        // Not owning: were the descriptor closed, its number could come to mean another file, and the dynamic linker, which tells
        // libraries apart by path, would take that file for this one.
        using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
        RandomAccess.Write(handle, content, fileOffset: 0);
        return $"/proc/self/fd/{descriptor}";
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);
}
