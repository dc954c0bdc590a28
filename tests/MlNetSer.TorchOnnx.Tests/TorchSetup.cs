using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class TorchSetup
{
    [ModuleInitializer]
    internal static void Load()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
    }
}
