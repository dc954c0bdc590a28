using System.Runtime.InteropServices;

namespace MlNetSer.TorchOnnx;

/// <summary>Settings of glibc's malloc, which libtorch allocates its CPU tensors with.</summary>
internal static partial class GlibcAllocator
{
    // Parameter numbers of <malloc.h>.
    private const int MaxFast = 1;
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private const int Never = -1;

    private const int Mebibyte = 1 << 20;

    /// <summary>Lets the heap grow in large steps, keep what is freed, and serve the largest activations itself.</summary>
    /// <remarks>
    /// One activation of a batch of 256 patches takes 300 MB. Allocating and filling such a block is 8 times as fast when the heap
    /// reuses it as when the system maps it anew. Only the main arena can hold blocks that large (the others are pieces of 64 MB),
    /// and without a limit every new thread gets an arena of its own. Small pieces that are kept apart for small objects would lie between
    /// the blocks, which then would not become one when they are free.
    /// </remarks>
    internal static void KeepFreedMemory()
    {
        try
        {
            _ = SetOption(ArenaMax, 1);
            _ = SetOption(MaxFast, 0);
            _ = SetOption(MmapThreshold, 1024 * Mebibyte);
            _ = SetOption(TopPad, 64 * Mebibyte);
            // Even 2 GB, the largest number that there is for it, are less than a step of training frees at its end.
            _ = SetOption(TrimThreshold, Never);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc: its allocator has no such settings.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
