using System.Runtime.InteropServices;

namespace MlNetSer.TorchOnnx;

/// <summary>How the threads of libtorch's OpenMP runtime wait for each other.</summary>
internal static partial class OpenMpWaiting
{
    private const string Variable = "OMP_WAIT_POLICY";

    /// <summary>
    /// Runs <paramref name="load"/>, which loads that runtime, such that its threads sleep while they wait. By default they spin, and where another
    /// program wants the processor, each waits for a thread that does not run because of it. A value that the user has set stays.
    /// </summary>
    internal static void PassiveDuring(Action load)
    {
        // The runtime looks at the C library's environment, once, and .NET has a copy of its own.
        if (Environment.GetEnvironmentVariable(Variable) is not null || !TrySet())
        {
            load();
            return;
        }
        try
        {
            load();
        }
        finally
        {
            _ = Unset(Variable);
        }
    }

    private static bool TrySet()
    {
        try
        {
            return Set(Variable, "PASSIVE", 0) == 0;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);
}
