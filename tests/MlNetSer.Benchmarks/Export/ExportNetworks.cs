using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;
using static TorchSharp.torch;

namespace MlNetSer.Benchmarks;

/// <summary>What is exported: the sound encoders, and a network of one small layer, which shows what every first export costs.</summary>
internal static class ExportNetworks
{
    internal const string OneLayer = "linear";

    internal static IEnumerable<string> Names => [OneLayer, .. SoundEncoders.Names];

    internal static nn.Module<Tensor, Tensor> Create(string name)
    {
        TorchRuntime.EnsureLoaded();
        return name == OneLayer ? nn.Linear(96, 8) : SoundEncoders.Create(name, seed: 1);
    }

    internal static void Run(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        network.eval();
        network.call(zeros(3, 1, 101, 96));
    }

    internal static void Export(nn.Module network, string path) => network.ExportOnnx(path, (OnnxDimension[])["batch", 1, 101, 96]);
}
