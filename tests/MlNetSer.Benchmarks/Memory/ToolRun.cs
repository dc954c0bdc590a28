using System.Diagnostics;
using System.Globalization;
using MlNetSer.Cli;

namespace MlNetSer.Benchmarks;

/// <summary>One run of the tool in a process of its own, from its start to its end.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="PeakBytes">The most that it and the processes that decode for it had in memory together, looked at every 5 ms.</param>
internal sealed record ToolRun(double Seconds, long PeakBytes)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    internal static ToolRun Of(params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        long peak = 0;
        while (!process.WaitForExit(Look)) peak = Math.Max(peak, Resident(process.Id));
        var seconds = watch.Elapsed.TotalSeconds;
        _ = output.Result;
        return process.ExitCode == 0
            ? new(seconds, peak)
            : throw new InvalidOperationException($"mlnetser {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}");
    }

    private static long Resident(int process)
    {
        try
        {
            return ProcessMemory.Of(process) + Directory.GetDirectories($"/proc/{process}/task")
                .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Sum(child => Resident(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            return 0;
        }
    }
}
