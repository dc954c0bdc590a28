using System.Diagnostics;
using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

/// <summary>Runs the scripts of the folder "javascript", which need Node.js and what their package.json lists.</summary>
internal static class JavaScriptRuntime
{
    private static readonly string Scripts = Repository.File("tests", "MlNetSer.Training.Tests", "Export", "javascript");

    /// <summary>The path of the first of these programs that is installed. The test is reported as skipped when none is.</summary>
    public static string RequireProgram(string install, params string[] names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var extension = OperatingSystem.IsWindows() ? ".exe" : "";
        var found = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name + extension))).FirstOrDefault(File.Exists);
        Assert.SkipUnless(found is not null, $"NOT RUN: needs {string.Join(" or ", names)}. Install it ({install}).");
        return found!;
    }

    /// <summary>The test is reported as skipped when the package is not installed.</summary>
    public static void RequirePackage(string name) => Assert.SkipUnless(
        File.Exists(Path.Combine(Scripts, "node_modules", name, "package.json")),
        $"NOT RUN: needs {name}. Install it (npm ci in tests/MlNetSer.Training.Tests/Export/javascript).");

    /// <summary>Runs a script on a case folder and reads what it wrote there: a JSON file of the script's name.</summary>
    public static RuntimeOutput[] Run(string node, string script, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(node, [Path.Combine(Scripts, $"{script}.mjs"), folder, .. arguments])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{script}.mjs does not end: {error.Result}");
        }
        if (process.ExitCode != 0) Assert.Fail($"{script}.mjs ended with {process.ExitCode}: {error.Result}");
        using var results = File.OpenRead(Path.Combine(folder, $"{script}.json"));
        return JsonSerializer.Deserialize<RuntimeOutput[]>(results, JsonSerializerOptions.Web)!;
    }
}
