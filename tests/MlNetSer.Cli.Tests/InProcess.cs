using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>The tool run within the test's own process, for what does not depend on processes.</summary>
internal static class InProcess
{
    public static ToolProcess Run(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var exitCode = Tool.Run(arguments, new Screen(output, null, error, null));
        return new(exitCode, output.ToString(), error.ToString());
    }

    public static string Succeeds(params string[] arguments)
    {
        var run = Run(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    public static string Fails(params string[] arguments)
    {
        var run = Run(arguments);
        Assert.Equal(1, run.ExitCode);
        return run.Error;
    }
}
