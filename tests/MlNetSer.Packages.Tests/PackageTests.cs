using System.Text.Json;
using System.Text.RegularExpressions;
using MlNetSer.Testing;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Packages.Tests;

/// <summary>The packages as users get them: from a folder, in an empty directory.</summary>
public sealed partial class PackageTests(PackageFolder packages) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Libraries => [.. PackageFolder.Libraries];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Each_says_what_it_is_and_where_it_comes_from(string library)
    {
        var (files, metadata) = packages.Open(library);
        string Value(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
        Assert.Equal((library, "MIT", "README.md"), (Value("id"), Value("license"), Value("readme")));
        Assert.InRange(Value("description").Length, 20, 200);
        Assert.Contains("README.md", files);
        Assert.Matches("^[0-9a-f]{40}$", metadata.Elements().Single(e => e.Name.LocalName == "repository").Attribute("commit")!.Value);
        if (library == "MlNetSer.Models")
        {
            foreach (var model in new[] { "mlnetser-base", "mlnetser-small" })
            {
                Assert.Contains($"models/{model}.onnx", files);
                Assert.Contains($"models/{model}.md", files);
            }
            Assert.Contains("buildTransitive/MlNetSer.Models.targets", files);
            return;
        }
        var symbols = packages.Open(library, "snupkg").Files;
        Assert.Contains(symbols, f => f.EndsWith($"/{library}.pdb", StringComparison.Ordinal));
        if (library != "MlNetSer.Cli") Assert.Contains($"lib/net10.0/{library}.xml", files);
    }

    [Fact]
    public void A_console_project_with_nothing_but_the_packages_runs_the_readmes_program()
    {
        packages.Configure(_folder.Path);
        var program = FirstProgram().Match(File.ReadAllText(Repository.File("src", "MlNetSer", "README.md"))).Groups["code"].Value;
        Assert.InRange(program.Split('\n').Count(line => line.Trim().Length > 0), 5, 15);
        File.WriteAllText(_folder.File("Program.cs"), program);
        File.WriteAllText(_folder.File("app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MlNetSer" Version="{packages.PackageVersion}" />
                <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
              </ItemGroup>
            </Project>
            """);
        new SoundSynthesiser(3).WriteFolder(_folder.File("sounds"), 6, [.. SoundEventClass.All.Take(3)]);

        string[] predicted = DotNet.Run(_folder.Path, "dotnet", "run", "-c", "Release").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(18, predicted.Length);
        string[] labels = [.. SoundEventClass.All.Take(3).Select(c => c.Name).Order(StringComparer.Ordinal)];
        var right = predicted.Where((label, i) => label.Trim() == labels[i / 6]).Count();
        Assert.InRange(right, 15, 18);
        var assets = JsonDocument.Parse(File.ReadAllText(_folder.File("obj", "project.assets.json"))).RootElement;
        string[] closure = [.. assets.GetProperty("libraries").EnumerateObject().Select(l => l.Name)];
        Assert.Contains(closure, name => name.StartsWith("Microsoft.ML/", StringComparison.Ordinal));
        Assert.DoesNotContain(closure, name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_tool_installs_from_the_folder_and_runs_the_demo()
    {
        packages.RequireTool();
        packages.Configure(_folder.Path);
        DotNet.Run(_folder.Path, "dotnet", "tool", "install", "MlNetSer.Cli", "--tool-path", "tools", "--version", packages.PackageVersion);
        var output = DotNet.Run(_folder.Path, _folder.File("tools", "mlnetser"), "demo", "--epochs", "1", "--clips", "5");
        Assert.Contains("pretrained encoder", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("demo", "classifier.zip")));
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FirstProgram();
}
