using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>
/// Weights beyond the 2 GiB that one ONNX file can hold. It takes 10 GB of memory, 5 GB of disk and a minute, so it only runs when asked for:
/// dotnet test --project tests/MlNetSer.TorchOnnx.Tests -c Release --filter-class '*LargeModelTests' --explicit only
/// </summary>
public class LargeModelTests
{
    private const long Size = 8192;
    private const int Layers = 9;

    [Fact(Explicit = true)]
    public void Weights_beyond_2_GiB_go_to_a_second_file_that_ONNX_Runtime_reads()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("large.onnx");
        using var input = randn(2, Size);
        using var expected = Export(path, input);

        Assert.InRange(new FileInfo(path).Length, 1, 1 << 20);
        Assert.InRange(new FileInfo($"{path}.data").Length, Layers * Size * Size * sizeof(float), long.MaxValue);
        Judged.AcceptFile(path);
        AssertComputes(path, input, expected);
        Assert.Equal(Layers * Size * (Size + 1) * sizeof(float), OnnxModel.Load(path).WeightBytes);
    }

    /// <returns>What the module makes of the input.</returns>
    private static Tensor Export(string path, Tensor input)
    {
        using var net = nn.Sequential([.. Enumerable.Range(0, Layers).Select(i => ($"layer{i}", (nn.Module<Tensor, Tensor>)nn.Linear(Size, Size)))]);
        net.ExportOnnx(path, ["batch", Size]);
        using var quiet = no_grad();
        return net.call(input);
    }

    private static void AssertComputes(string path, Tensor input, Tensor expected)
    {
        using var session = new InferenceSession(path);
        using var value = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
        using var options = new RunOptions();
        using var results = session.Run(options, ["input"], [value], ["output"]);
        using var actual = tensor(results[0].GetTensorDataAsSpan<float>().ToArray(), expected.shape);
        Assert.InRange((actual - expected).abs().max().ToDouble() / expected.abs().max().ToDouble(), 0, 1e-4);
    }
}
