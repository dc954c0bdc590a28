using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace MlNetSer.Testing;

/// <summary>C# of a text that is for people, compiled as it stands and run as a process of its own with the libraries of the running tests.</summary>
public sealed partial class CSharpProgram : IDisposable
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    private readonly string _path;

    /// <summary>Compiles a program; the test fails where the compiler objects.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="code">One source file, with the usings that SDK projects imply.</param>
    public CSharpProgram(string name, string code)
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
        _path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        var result = compilation.Emit(_path);
        Assert.True(result.Success, $"{name} does not compile:\n{string.Join('\n', result.Diagnostics)}\n{code}");
    }

    /// <summary>
    /// Runs the C# blocks of a Markdown file of the checkout in order, each as a program of its own, all in one folder. Where a text block
    /// follows, it is what the program prints.
    /// </summary>
    public static void RunBlocksOf(string workingFolder, params string[] readme)
    {
        var blocks = CSharpBlock().Matches(File.ReadAllText(Repository.File(readme)));
        Assert.NotEmpty(blocks);
        foreach (var (block, number) in blocks.Select((b, i) => (b, i + 1)))
        {
            using var program = new CSharpProgram($"readme-block-{number}", block.Groups["code"].Value);
            var output = program.Run(workingFolder);
            if (block.Groups["output"] is { Success: true } expected)
                Assert.True(expected.Value == output, $"The README shows\n{expected.Value}\nwhere block {number} prints\n{output}");
        }
    }

    /// <summary>Runs it to its end; the test fails where it does.</summary>
    /// <returns>What it printed.</returns>
    public string Run(string workingFolder)
    {
        var tests = Path.ChangeExtension(Assembly.GetEntryAssembly()!.Location, null);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", _path },
        };
        // Threads that wait for each other by spinning starve beside other tests.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(_path)} ended with {process.ExitCode}:\n{output}\n{error.Result}");
        return output;
    }

    public void Dispose() => File.Delete(_path);

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(\n```text\n(?<output>.*?)^```)?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
