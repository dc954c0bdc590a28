using System.Runtime.InteropServices;
using System.Text.Json;
using System.Xml.Linq;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests;

/// <summary>Packages as NuGet restores them with all that they need: the packed ones, and others in the versions that the libraries are built with.</summary>
internal sealed class RestoredPackages
{
    private static readonly Dictionary<string, string> s_versions = XDocument.Load(Repository.File("Directory.Packages.props"))
        .Descendants("PackageVersion")
        .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);

    private readonly JsonElement _assets;
    private readonly Dictionary<string, JsonProperty> _packages;

    /// <summary>Restores them in an empty folder.</summary>
    public RestoredPackages(PackageFolder packed, string folder, IEnumerable<string> names)
    {
        packed.Configure(folder);
        var references = names.Distinct().Select(name =>
            $"""<PackageReference Include="{name}" Version="{s_versions.GetValueOrDefault(name, packed.PackageVersion)}" />""");
        File.WriteAllText(Path.Combine(folder, "restored.csproj"), $"""
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

    /// <summary>The version that the libraries are built with, or null for a package that they do not use.</summary>
    public static string? VersionOf(string name) => s_versions.GetValueOrDefault(name);

    /// <summary>Some packages and all that they depend on.</summary>
    public IReadOnlyList<string> Closure(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var waiting = new Stack<string>(names);
        while (waiting.TryPop(out var name))
        {
            if (!seen.Add(name)) continue;
            foreach (var dependency in Entries(_packages[name], "dependencies")) waiting.Push(dependency.Name);
        }
        return [.. seen];
    }

    /// <summary>The managed assemblies of some packages.</summary>
    public IReadOnlyList<string> Assemblies(IEnumerable<string> names) =>
    [
        .. from name in names
           from file in Entries(_packages[name], "runtime")
           where file.Name.EndsWith(".dll", StringComparison.Ordinal)
           select Find(_packages[name], file.Name),
    ];

    /// <summary>The folders of their native libraries for this machine.</summary>
    public IReadOnlyList<string> NativeFolders(IEnumerable<string> names) =>
    [
        .. (from name in names
            from file in Entries(_packages[name], "runtimeTargets")
            where IsNativeHere(file)
            select Path.GetDirectoryName(Find(_packages[name], file.Name))!).Distinct(),
    ];

    /// <summary>Bytes of a package as it is downloaded.</summary>
    public long SizeOf(string name)
    {
        var package = _packages[name];
        return new FileInfo(Find(package, package.Name.Replace('/', '.').ToLowerInvariant() + ".nupkg")).Length;
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
