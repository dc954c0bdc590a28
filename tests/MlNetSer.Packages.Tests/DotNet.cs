using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests;

/// <summary>A run of a program to its end.</summary>
internal static class DotNet
{
    /// <summary>Runs a program of someone who has nothing but the packages in a folder; the test fails where it does.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string folder, string program, params string[] arguments) =>
        Start(folder, [("NUGET_PACKAGES", Path.Combine(folder, "packages"))], program, arguments);

    /// <summary>Runs an app of the checkout in some folder; the test fails where it does.</summary>
    /// <returns>What it printed.</returns>
    public static string RunApp(string folder, string path)
    {
        // An app's build of a GB would stay in the user's own folder for a month.
        using var built = new TemporaryFolder();
        // As the libraries were built, so that they are not built once more.
        return Start(folder, [("XDG_DATA_HOME", built.Path)], "dotnet", "run", "-c", PackageFolder.Configuration, path);
    }

    private static string Start(string folder, (string Name, string Value)[] environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The running tests' own settings must not reach a user's build, nor servers that outlive it keep its files open.
        foreach (var name in (string[])["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH"]) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{error.Result}");
        return output;
    }
}
