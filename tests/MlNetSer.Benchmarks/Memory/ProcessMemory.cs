using System.Globalization;

namespace MlNetSer.Benchmarks;

/// <summary>What the system counts as this process's memory: managed, native and mapped files alike. Linux only.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes in memory now.</summary>
    internal static long Resident => Read("VmRSS");

    /// <summary>The most bytes that were in memory at once since the start or <see cref="ForgetPeak"/>.</summary>
    internal static long Peak => Read("VmHWM");

    /// <summary>Lets the peak start again from what is in memory now.</summary>
    internal static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Read(string entry)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith($"{entry}:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
