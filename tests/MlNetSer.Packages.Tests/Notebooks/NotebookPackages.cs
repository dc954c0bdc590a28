using System.Runtime.InteropServices;
using System.Text.Json;
using System.Xml.Linq;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests.Notebooks;

/// <summary>What <c>#r "nuget: ..."</c> in the notebooks stands for: the packed packages, and others in the versions that the libraries are built with.</summary>
internal sealed class NotebookPackages
{
    private static readonly Dictionary<string, string> s_versions = XDocument.Load(Repository.File("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);

    private readonly JsonElement _assets;
    private readonly Dictionary<string, JsonProperty> _packages;

    /// <summary>Restores the packages of all notebooks at once.</summary>
    public NotebookPackages(PackageFolder packed, string folder, IEnumerable<string> names)
    {
        packed.Configure(folder);
        var references = names.Distinct().Select(name =>
            $"""<PackageReference Include="{name}" Version="{s_versions.GetValueOrDefault(name, packed.PackageVersion)}" />""");
        File.WriteAllText(Path.Combine(folder, "notebooks.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>{string.Concat(references)}</ItemGroup>
            </Project>
            """);
        DotNet.Run(folder, "dotnet", "restore", "-v:quiet");
        _assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "obj", "project.assets.json"))).RootElement;
        _packages = _assets.GetProperty("targets").GetProperty("net10.0").EnumerateObject()
            .ToDictionary(p => p.Name.Split('/')[0], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A notebook's reference to a package. Ours come in whatever version there is, others in the one that ours were built with.</summary>
    public static string Reference(string name)
    {
        var reference = s_versions.TryGetValue(name, out var version) ? $"#r \"nuget: {name}, {version}\"" : $"#r \"nuget: {name}\"";
        return name == "libtorch-cpu-linux-x64" ? reference + "   // on Windows libtorch-cpu-win-x64, on a Mac libtorch-cpu-osx-arm64" : reference;
    }

    /// <summary>The managed assemblies and the folders with native libraries of some packages and all that they depend on.</summary>
    public (IReadOnlyList<string> Assemblies, IReadOnlyList<string> NativeFolders) Closure(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Stack<string>(names);
        var (assemblies, folders) = (new List<string>(), new HashSet<string>());
        while (waiting.TryPop(out var name))
        {
            if (!seen.Add(name)) continue;
            var package = _packages[name];
            foreach (var dependency in Entries(package, "dependencies")) waiting.Push(dependency.Name);
            assemblies.AddRange(Entries(package, "runtime").Where(f => f.Name.EndsWith(".dll", StringComparison.Ordinal)).Select(f => Find(package, f.Name)));
            foreach (var file in Entries(package, "runtimeTargets").Where(IsNativeHere)) folders.Add(Path.GetDirectoryName(Find(package, file.Name))!);
        }
        return (assemblies, [.. folders]);
    }

    private static JsonElement.ObjectEnumerator Entries(JsonProperty package, string kind) =>
        package.Value.TryGetProperty(kind, out var entries) ? entries.EnumerateObject() : default;

    private static bool IsNativeHere(JsonProperty file) =>
        file.Value.GetProperty("assetType").GetString() == "native" && file.Value.GetProperty("rid").GetString() == RuntimeInformation.RuntimeIdentifier;

    private string Find(JsonProperty package, string file)
    {
        var path = _assets.GetProperty("libraries").GetProperty(package.Name).GetProperty("path").GetString()!;
        return _assets.GetProperty("packageFolders").EnumerateObject().Select(folder => Path.Combine(folder.Name, path, file)).First(File.Exists);
    }
}
