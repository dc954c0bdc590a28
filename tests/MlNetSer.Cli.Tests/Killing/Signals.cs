namespace MlNetSer.Cli;

/// <summary>The signal that Ctrl-C sends, or where that is ignored the one that service managers send: both mean the same to the tool.</summary>
internal static class Signals
{
    // Shells start background jobs with Ctrl-C ignored, and then it is ignored by the tool as well.
    private static readonly bool s_ignored = IgnoresCtrlC();

    /// <summary>As the kill command takes it.</summary>
    public static string Interrupt => s_ignored ? "-TERM" : "-INT";

    /// <summary>128 and the signal's number.</summary>
    public static int ExitCode => s_ignored ? 143 : 130;

    private static bool IgnoresCtrlC()
    {
        const string Field = "SigIgn:";
        var line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is not null && (Convert.ToUInt64(line[Field.Length..].Trim(), 16) & 0b10) != 0;
    }
}
