using System.Runtime.InteropServices;

namespace MlNetSer.Cli;

/// <summary>A C heap that training's large activations fit into again and again, where the tool trains.</summary>
/// <remarks>
/// glibc's malloc cuts the few bytes behind an aligned block off and keeps them for small objects, beside which what is freed no longer becomes one piece with what is
/// free around it: more memory is then needed than at any time is in use. Without each thread's list of small pieces there are few such gaps, but malloc takes that from the environment only,
/// once, at the start of a process. So the tool starts again in place: the same process, with the same arguments.
/// </remarks>
internal static partial class CompactHeap
{
    /// <summary>The environment's variable for it. A value of the user's stays.</summary>
    internal const string Variable = "GLIBC_TUNABLES";

    /// <summary>What the tool sets it to.</summary>
    internal const string Tunables = "glibc.malloc.tcache_count=0";

    private static readonly string[] TrainingVerbs = ["pretrain", "finetune", "sweep", "reproduce"];

    /// <summary>Starts the process again with such a heap if it is to train and has none. Returns where that is not so, or cannot be.</summary>
    public static void StartAgain(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || arguments is not [var verb, ..] || !TrainingVerbs.Contains(verb)) return;
        switch (Environment.GetEnvironmentVariable(Variable))
        {
            case null or "":
                Execute();
                break;
            case Tunables:
                // What this process starts has no need of it.
                Environment.SetEnvironmentVariable(Variable, null);
                break;
        }
    }

    private static unsafe void Execute()
    {
        try
        {
            // The bytes as they are: a file's name need not be text.
            var line = File.ReadAllBytes("/proc/self/cmdline");
            var starts = Enumerable.Range(0, line.Length).Where(i => i == 0 || line[i - 1] == 0).ToArray();
            var arguments = stackalloc byte*[starts.Length + 1];
            fixed (byte* first = line)
            {
                for (var i = 0; i < starts.Length; i++) arguments[i] = first + starts[i];
                arguments[starts.Length] = null;
                if (Set(Variable, Tunables, 1) == 0) _ = Execute("/proc/self/exe", arguments);
            }
            _ = Unset(Variable);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            // Then it trains in more memory.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Execute(string path, byte** arguments);
}
