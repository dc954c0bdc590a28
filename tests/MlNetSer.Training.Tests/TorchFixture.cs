using MlNetSer.TorchOnnx;

[assembly: AssemblyFixture(typeof(MlNetSer.Training.Tests.TorchFixture))]

namespace MlNetSer.Training.Tests;

/// <summary>Loads torch before any test uses it.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => TorchRuntime.EnsureLoaded();
}
