using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Coverage;

/// <summary>The test projects that are measured, under the names of what they test.</summary>
internal static class TestProject
{
    private const string Tool = "MlNetSer.Cli";

    private static readonly string[] Libraries = ["MlNetSer.Audio", "MlNetSer.Onnx", "MlNetSer", "MlNetSer.TorchOnnx", "MlNetSer.Training"];

    public static IReadOnlyList<string> All { get; } = [.. Libraries, Tool];

    /// <summary>Whether lines of it count; the tool's are told beside.</summary>
    public static bool IsLibrary(string name) => name != Tool;

    /// <summary>A file beside what is built here, in a folder that version control ignores.</summary>
    public static string Artifact(params string[] relative) => Repository.File(["artifacts", "coverage", .. relative]);

    /// <summary>Builds a project's tests with coverlet in them, apart from the ordinary output, and runs them.</summary>
    /// <returns>Whether all tests passed, and coverlet's results.</returns>
    public static (bool Passed, string Results) Run(string name)
    {
        var tests = $"{name}.Tests";
        if (!Succeeds("dotnet", ["build", Repository.File("tests", tests), "-c", "Release", "-p:Coverage=true", "--artifacts-path", Artifact(), "-v:quiet", "-nologo"]))
            throw new InvalidOperationException($"{tests} cannot be built");
        var results = Artifact("results", name);
        if (Directory.Exists(results)) Directory.Delete(results, recursive: true);
        // Libraries' lines count where the libraries' own tests reach them, not where the tool's do.
        var measured = (IsLibrary(name) ? Libraries : [Tool]).SelectMany(m => (string[])["--coverlet-include", $"[{m}]*"]);
        var passed = Succeeds(
            Artifact("bin", tests, "release", OperatingSystem.IsWindows() ? $"{tests}.exe" : tests),
            [
                "--coverlet", "--coverlet-output-format", "json", "--coverlet-single-hit", .. measured,
                // Generated code is nobody's to test.
                "--coverlet-exclude-by-file", "**/obj/**", "--results-directory", results,
            ]);
        return (passed, Directory.GetFiles(results, "*.json").Single());
    }

    private static bool Succeeds(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
