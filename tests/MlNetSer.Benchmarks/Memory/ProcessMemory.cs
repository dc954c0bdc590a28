using System.Diagnostics;
using System.Globalization;

namespace MlNetSer.Benchmarks;

/// <summary>What the system counts as a process's memory: managed, native and mapped files alike. Linux only.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes in memory now.</summary>
    internal static long Resident => Read("self", "VmRSS");

    /// <summary>Bytes in memory now of another process.</summary>
    internal static long Of(int process) => Read(process.ToString(CultureInfo.InvariantCulture), "VmRSS");

    /// <summary>The most bytes that were in memory at once since the start or <see cref="ForgetPeak"/>.</summary>
    internal static long Peak => Read("self", "VmHWM");

    /// <summary>Lets the peak start again from what is in memory now.</summary>
    internal static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    /// <summary>The most bytes that another process had in memory at once, watched until its end.</summary>
    internal static long PeakUntilExit(Process process)
    {
        long peak = 0;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            try
            {
                peak = Math.Max(peak, Read(process.Id.ToString(CultureInfo.InvariantCulture), "VmHWM"));
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // It ended between two looks: its status has no such line then, or cannot be opened.
            }
        }
        return peak;
    }

    private static long Read(string process, string entry)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith($"{entry}:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
