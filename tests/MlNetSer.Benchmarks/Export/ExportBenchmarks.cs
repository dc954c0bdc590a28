using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Benchmarks;

#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, and derives from this class.

/// <summary>From a module in memory to a checked file on disk.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 7)]
public class ExportBenchmarks
{
    private TemporaryFolder _folder = null!;
    private nn.Module _network = null!;

    [ParamsSource(nameof(Names))]
    public string Network { get; set; } = "";

    public static IEnumerable<string> Names => ExportNetworks.Names;

    [GlobalSetup]
    public void Create()
    {
        _folder = new();
        _network = ExportNetworks.Create(Network);
    }

    [Benchmark]
    public void Export() => ExportNetworks.Export(_network, _folder.File("model.onnx"));

    [GlobalCleanup]
    public void Remove()
    {
        _network.Dispose();
        _folder.Dispose();
    }
}
