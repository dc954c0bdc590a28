using System.Text.Json;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Who installs the exporter gets TorchSharp, the graph builder, the managed half of ONNX Runtime that the check needs, and nothing about sound.</summary>
public class ReferenceTests
{
    [Fact]
    public void The_library_stands_on_TorchSharp_the_graph_builder_and_the_checks_runtime()
    {
        Assert.Equal(["MlNetSer.Onnx", "TorchSharp", "Microsoft.ML.OnnxRuntime.Managed"], DirectReferences("MlNetSer.TorchOnnx"));
        Assert.Equal(["Google.Protobuf"], DirectReferences("MlNetSer.Onnx"));
    }

    [Fact]
    public void Its_assemblies_use_nothing_else()
    {
        string[] system = ["System", "Microsoft.Win32"];
        Assert.Equal(["Microsoft.ML.OnnxRuntime", "MlNetSer.Onnx", "TorchSharp"], Used(typeof(OnnxExport)));
        Assert.Equal(["Google.Protobuf"], Used(typeof(OnnxModel)));

        IEnumerable<string> Used(Type type) => type.Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => !system.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).Order(StringComparer.Ordinal);
    }

    /// <summary>What NuGet would hand on to users: the direct references, those for the build alone left out.</summary>
    private static List<string> DirectReferences(string library)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Repository.File("src", library, "obj", "project.assets.json")));
        var project = assets.RootElement.GetProperty("project");
        var projects = project.GetProperty("restore").GetProperty("frameworks").EnumerateObject().Single().Value
            .GetProperty("projectReferences").EnumerateObject().Select(reference => Path.GetFileNameWithoutExtension(reference.Name));
        var packages = project.GetProperty("frameworks").EnumerateObject().Single().Value
            .GetProperty("dependencies").EnumerateObject()
            .Where(package => !package.Value.TryGetProperty("suppressParent", out var kept) || kept.GetString() != "All")
            .Select(package => package.Name);
        return [.. projects, .. packages.OrderDescending(StringComparer.Ordinal)];
    }
}
