using System.Diagnostics;
using System.Globalization;

namespace MlNetSer.Endurance;

/// <summary>What the process holds.</summary>
/// <param name="Resident">Memory in use, native memory too, in bytes.</param>
/// <param name="Managed">Of it, what is managed and alive, in bytes.</param>
/// <param name="Handles">Open files, pipes and sockets.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessMeter(long Resident, long Managed, int Handles, int Threads)
{
    /// <summary>After a collection, so that garbage does not count.</summary>
    public static ProcessMeter Read()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        using var process = Process.GetCurrentProcess();
        return new(process.WorkingSet64, GC.GetTotalMemory(false), Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : process.HandleCount, process.Threads.Count);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Resident / 1e6:0} MB resident, {Managed / 1e6:0.0} MB managed, {Handles} handles, {Threads} threads");
}
