using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>The C# of the README is compiled as it stands and run as programs of their own, in order, in one folder of sounds.</summary>
public sealed partial class ReadmeTests
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;";

    [Fact]
    public void Every_csharp_block_compiles_and_runs()
    {
        var blocks = CSharpBlock().Matches(File.ReadAllText(Repository.File("README.md"))).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        using var folder = new TemporaryFolder();
        SoundsOnDisk.Synthesise(folder, classes: 3, clips: 6);

        foreach (var (block, index) in blocks.Select((b, i) => (b, i)))
        {
            var program = Compile(block, $"readme-block-{index + 1}");
            try
            {
                Run(program, folder.Path);
            }
            finally
            {
                File.Delete(program);
            }
        }
    }

    private static string Compile(string code, string name)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(SourceText.From(code)), CSharpSyntaxTree.ParseText(SourceText.From(ImplicitUsings))],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release));
        // Beside the tests' own files: a program finds its libraries and models relative to where it lies.
        var program = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        var result = compilation.Emit(program);
        Assert.True(result.Success, $"{name} does not compile:\n{string.Join('\n', result.Diagnostics)}\n{code}");
        return program;
    }

    private static void Run(string program, string workingFolder)
    {
        var tests = Path.Combine(AppContext.BaseDirectory, typeof(ReadmeTests).Assembly.GetName().Name!);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", program },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(program)} ended with {process.ExitCode}:\n{output}\n{error.Result}");
    }

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
