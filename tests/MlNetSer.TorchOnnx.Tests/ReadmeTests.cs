using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>The C# of the package's README, taken as one program, compiles and does what it says.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void Its_code_runs()
    {
        var blocks = CSharpBlock().Matches(File.ReadAllText(Repository.File("src", "MlNetSer.TorchOnnx", "README.md"))).Select(match => match.Groups[1].Value);
        const string tail = """

            using var block = new Block();
            block.ExportOnnx("block.onnx", ["batch", 8, 6, 6]);

            """;
        var code = blocks.ToList();
        Assert.Equal(2, code.Count);
        var program = Compile("using System.Collections.Generic;\n" + code[0] + tail + code[1]);

        using var folder = new TemporaryFolder();
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            program.EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
        Assert.Equal("output: Float32 [batch, 10]", Assert.Single(OnnxModel.Load(folder.File("net.onnx")).Outputs).ToString());
        Assert.Equal(3, OnnxModel.Load(folder.File("block.onnx")).NodeCount);
    }

    private static Assembly Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "readme", [CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest))], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(stream.ToArray());
    }

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
