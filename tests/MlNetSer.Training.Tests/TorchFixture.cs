using MlNetSer.TorchOnnx;
using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(MlNetSer.Training.Tests.TorchFixture))]

namespace MlNetSer.Training.Tests;

/// <summary>Loads torch before any test uses it. One thread: tests that run beside each other would only wait for each other's.</summary>
public sealed class TorchFixture
{
    public TorchFixture()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
    }
}

/// <summary>For tests that want torch's threads, such as those of exact repetition. They run alone.</summary>
public sealed class ThreadedTorch : IDisposable
{
    public ThreadedTorch() => set_num_threads(2);

    public void Dispose() => set_num_threads(1);
}

[CollectionDefinition(nameof(ThreadedTorch), DisableParallelization = true)]
public sealed class ThreadedTorchTests : ICollectionFixture<ThreadedTorch>;
