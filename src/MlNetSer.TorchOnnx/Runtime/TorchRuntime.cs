using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Makes libtorch and TorchSharp's native library usable in this process.</summary>
/// <remarks>
/// <para>
/// TorchSharp loads its native libraries at the first use of <c>TorchSharp.torch</c>. On Linux systems whose libstdc++ is older than
/// GCC 13's (Debian 12, Ubuntu 22.04) that load fails, because the published <c>libLibTorchSharp.so</c> asks for the symbol version
/// GLIBCXX_3.4.32 although it uses nothing of it. <see cref="EnsureLoaded"/> then loads a copy, held in memory only, that marks this
/// version as optional. Where the published file loads as it is, it is what gets loaded.
/// </para>
/// <para>
/// On glibc it also tells the allocator to keep freed memory instead of returning it to the system: a training step frees and asks
/// for the same hundreds of megabytes again, and the page faults otherwise cost up to half of its time. The process's memory then
/// stays at its peak. Threads that wait for each other sleep instead of spinning, unless <c>OMP_WAIT_POLICY</c> says otherwise.
/// </para>
/// <para>
/// libtorch computes with one thread for each physical core that it finds, but not with more than <see cref="Environment.ProcessorCount"/>, which
/// knows a container's share. <c>OMP_NUM_THREADS</c> sets another number, and so does <c>torch.set_num_threads</c> afterwards.
/// </para>
/// </remarks>
public static class TorchRuntime
{
    private const string ThreadsVariable = "OMP_NUM_THREADS";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>
    /// Loads the native libraries. Call it before anything else that touches TorchSharp; the methods of this library that take a module
    /// cannot do it for the caller, whose module exists by then. Later calls do nothing.
    /// </summary>
    /// <exception cref="DllNotFoundException">
    /// libtorch or TorchSharp's native library is absent or does not load; the message names the package to add.
    /// </exception>
    /// <remarks>Safe to call from several threads and from several processes at once.</remarks>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        if (OperatingSystem.IsLinux())
        {
            GlibcAllocator.KeepFreedMemory();
            OpenMpWaiting.PassiveDuring(LinuxLibtorch.Load);
        }
        else if (!NativeLibrary.TryLoad("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null, out _))
        {
            throw new DllNotFoundException(
                $"TorchSharp's native libraries do not load on {RuntimeInformation.RuntimeIdentifier}. " +
                "Add the package libtorch-cpu-win-x64 or libtorch-cpu-osx-arm64 (or TorchSharp-cuda-windows) to the application.");
        }
        if (Environment.GetEnvironmentVariable(ThreadsVariable) is null) set_num_threads(Math.Min(get_num_threads(), Environment.ProcessorCount));
        return true;
    }
}
