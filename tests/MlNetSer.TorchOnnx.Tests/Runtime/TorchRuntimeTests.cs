using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

public class TorchRuntimeTests
{
    private const string ExpectedThreads = "MLNETSER_EXPECTED_THREADS";

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
        var reports = await Task.WhenAll(RunInOwnProcess(nameof(Tensor_operations_work_after_loading)), RunInOwnProcess(nameof(Tensor_operations_work_after_loading)));
        Assert.All(reports, report => Assert.Contains("succeeded: 1", report, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1", null, 1)]
    [InlineData("1", "2", 2)]
    [InlineData("1000", "1", 1)]
    public async Task Computes_with_the_threads_that_a_container_allows_or_the_user_asks_for(string processors, string? asked, int expected)
    {
        Assert.SkipWhen(Environment.ProcessorCount < expected, "This machine has too few processors.");
        var report = await RunInOwnProcess(
            nameof(The_number_of_threads_is_that_of_the_environment),
            ("DOTNET_PROCESSOR_COUNT", processors), ("OMP_NUM_THREADS", asked), (ExpectedThreads, $"{expected}"));
        Assert.Contains("succeeded: 1", report, StringComparison.Ordinal);
    }

    /// <summary>Run by the one above, in an environment that has to be there before the process is.</summary>
    [Fact]
    public void The_number_of_threads_is_that_of_the_environment()
    {
        var expected = Environment.GetEnvironmentVariable(ExpectedThreads);
        Assert.SkipWhen(expected is null && Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null, "OMP_NUM_THREADS is set here.");
        if (expected is null) Assert.InRange(TorchSetup.ThreadsAtFirst, 1, Environment.ProcessorCount);
        else Assert.Equal(int.Parse(expected, CultureInfo.InvariantCulture), TorchSetup.ThreadsAtFirst);
    }

    private static async Task<string> RunInOwnProcess(string test, params (string Name, string? Value)[] environment)
    {
        var executable = Path.ChangeExtension(typeof(TorchRuntimeTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        var start = new ProcessStartInfo(executable, $"--filter-method *.{test}")
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync();
    }
}
