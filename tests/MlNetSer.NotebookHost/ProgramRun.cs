using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace MlNetSer.NotebookHost;

/// <summary>A file-based app, compiled as <c>dotnet run</c> compiles it and run in this process.</summary>
internal static class ProgramRun
{
    /// <summary>What the SDK implies.</summary>
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    public static async Task<string> Run(IReadOnlyList<string> sources, IEnumerable<MetadataReference> references)
    {
        var parsing = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);
        var trees = sources.Append(ImplicitUsings).Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source), parsing));
        var options = new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable);
        using var bytes = new MemoryStream();
        var result = CSharpCompilation.Create("app", trees, references, options).Emit(bytes);
        if (!result.Success)
            throw new InvalidOperationException($"The program does not compile:\n{string.Join('\n', result.Diagnostics)}");
        bytes.Position = 0;
        var entry = AssemblyLoadContext.Default.LoadFromStream(bytes).EntryPoint!;
        if (entry.Invoke(null, [Array.Empty<string>()]) is Task task) await task;
        return NotebookDisplay.Console.ToString();
    }
}
