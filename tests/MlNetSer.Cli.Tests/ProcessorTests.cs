using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Processors without AVX-512, as .NET pretends to have when it is told so.</summary>
public sealed class ProcessorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Embeddings_are_the_same_but_for_rounding_where_ONNX_Runtime_computes_everything()
    {
        var sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 2);

        var (with, without) = (Embed(sounds, "1"), Embed(sounds, "0"));

        Assert.Equal(4 * 2048, with.Length);
        Assert.All(with.Zip(without), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        // Both ways were taken.
        if (Vector512.IsHardwareAccelerated) Assert.NotEqual(with, without);
    }

    private double[] Embed(string sounds, string avx512)
    {
        var table = _folder.File($"{avx512}.csv");
        var start = ToolProcess.StartInfo(_folder.Path, "embed", "--data", sounds, "--out", table, "--quiet");
        start.Environment["DOTNET_EnableAVX512"] = avx512;
        using var process = Process.Start(start)!;
        var run = ToolProcess.Finish(process);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return [.. File.ReadLines(table).Skip(1).SelectMany(line => line.Split(',').TakeLast(2048)).Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
    }
}
