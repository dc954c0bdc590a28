using System.Diagnostics;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

public class TorchRuntimeTests
{
    [Fact]
    public void Tensor_operations_work_after_loading()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var product = tensor(new[] { 1f, 2, 3, 4 }, 2, 2).matmul(tensor(new[] { 5f, 6, 7, 8 }, 2, 2));
        Assert.Equal([19f, 22, 43, 50], product.data<float>().ToArray());
    }

    [Fact]
    public async Task Two_processes_load_at_once()
    {
        var reports = await Task.WhenAll(RunInOwnProcess(), RunInOwnProcess());
        Assert.All(reports, report => Assert.Contains("succeeded: 1", report, StringComparison.Ordinal));
    }

    private static async Task<string> RunInOwnProcess()
    {
        var executable = Path.ChangeExtension(typeof(TorchRuntimeTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        var start = new ProcessStartInfo(executable, $"--filter-method *.{nameof(Tensor_operations_work_after_loading)}")
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }
}
