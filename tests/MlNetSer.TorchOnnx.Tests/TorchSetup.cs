using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class TorchSetup
{
    /// <summary>What loading left it at; tests take one, as they run beside each other.</summary>
    internal static int ThreadsAtFirst { get; private set; }

    [ModuleInitializer]
    internal static void Load()
    {
        TorchRuntime.EnsureLoaded();
        ThreadsAtFirst = get_num_threads();
        set_num_threads(1);
    }
}
