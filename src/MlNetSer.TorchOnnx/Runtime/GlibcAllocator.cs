using System.Runtime.InteropServices;

namespace MlNetSer.TorchOnnx;

/// <summary>Settings of glibc's malloc, which libtorch allocates its CPU tensors with.</summary>
internal static partial class GlibcAllocator
{
    // Parameter numbers of <malloc.h>.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;

    private const int Mebibyte = 1 << 20;

    /// <summary>Lets the heap grow in large steps, keep what is freed, and serve blocks of up to 32 MiB (glibc's limit) itself.</summary>
    internal static void KeepFreedMemory()
    {
        try
        {
            _ = SetOption(MmapThreshold, 32 * Mebibyte);
            _ = SetOption(TopPad, 64 * Mebibyte);
            _ = SetOption(TrimThreshold, int.MaxValue);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc: its allocator has no such settings.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
