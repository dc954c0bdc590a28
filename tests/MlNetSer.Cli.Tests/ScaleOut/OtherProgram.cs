using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Programs of the system that scripts and settings for schedulers are tried with.</summary>
internal static class OtherProgram
{
    public const string Python = "/usr/bin/python3";

    /// <summary>The test is reported as skipped where a program is missing.</summary>
    public static void Require(string package, params string[] programs)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Append("/usr/sbin").ToArray();
        foreach (var program in programs)
            Assert.SkipUnless(folders.Any(f => File.Exists(Path.Combine(f, program))), $"NOT RUN: needs {program} (apt install {package}).");
    }

    /// <summary>The same for modules of Debian's Python.</summary>
    public static void RequirePython(string package, string module) =>
        Assert.SkipUnless(
            File.Exists(Python) && Run(Python, ["-c", $"import {module}"]).ExitCode == 0, $"NOT RUN: needs Python's {module} (apt install {package}).");

    /// <summary>A folder of programs with the built tool under the name that scripts call it by.</summary>
    public static string WithTool(TemporaryFolder folder)
    {
        var tool = folder.File("bin", Tool.Name);
        File.WriteAllText(tool, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "MlNetSer.Cli.dll")}' \"$@\"\n");
        Succeeds("chmod", "+x", tool);
        return Path.GetDirectoryName(tool)!;
    }

    public static string Succeeds(string program, params string[] arguments) => Succeeds(program, null, arguments);

    /// <param name="program">The program.</param>
    /// <param name="bin">A folder of programs that come before others, or null.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string Succeeds(string program, string? bin, string[] arguments)
    {
        var run = Run(program, arguments, bin);
        Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{run.Output}\n{run.Error}");
        return run.Output;
    }

    private static ToolProcess Run(string program, string[] arguments, string? bin = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (bin is not null) start.Environment["PATH"] = $"{bin}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}{Path.PathSeparator}/usr/sbin";
        using var process = Process.Start(start)!;
        return ToolProcess.Finish(process);
    }
}
