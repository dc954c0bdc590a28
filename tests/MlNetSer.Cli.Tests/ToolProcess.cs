using System.Diagnostics;

namespace MlNetSer.Cli;

/// <summary>The built tool, run as users run it: a process of its own.</summary>
internal sealed record ToolProcess(int ExitCode, string Output, string Error)
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "MlNetSer.Cli.dll");

    /// <summary>Runs it to its end.</summary>
    public static ToolProcess Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return Finish(process);
    }

    public static Process Start(string folder, params string[] arguments) => Process.Start(StartInfo(folder, arguments))!;

    public static ProcessStartInfo StartInfo(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Two threads that wait for each other by spinning starve beside the other tests.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        return start;
    }

    public static ToolProcess Finish(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The tool does not end.");
        }
        return new(process.ExitCode, output, error.Result);
    }
}
