using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlNetSer.Packages.Tests;
using MlNetSer.Testing;

[assembly: AssemblyFixture(typeof(PackageFolder))]

namespace MlNetSer.Packages.Tests;

/// <summary>All packages, packed once from what was built.</summary>
public sealed partial class PackageFolder : IDisposable
{
    public static readonly string[] Libraries =
        ["MlNetSer", "MlNetSer.Audio", "MlNetSer.Onnx", "MlNetSer.TorchOnnx", "MlNetSer.Training", "MlNetSer.Models", "MlNetSer.Cli"];

    private const string Tool = "MlNetSer.Cli";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<bool> _tool;

    public PackageFolder()
    {
        Pack([.. Libraries.Where(l => l != Tool)]);
        // Two hundred megabytes: only where it is asked for.
        _tool = new(() => Pack(Tool));
        var version = Version().Match(System.IO.Path.GetFileName(Directory.GetFiles(Path, "MlNetSer.Audio.*.nupkg").Single()));
        PackageVersion = version.Groups["version"].Value;
    }

    /// <summary>The configuration that the tests and all that they look at were built in.</summary>
    public static string Configuration { get; } =
        typeof(PackageFolder).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public string Path => _folder.File("feed");

    public string PackageVersion { get; }

    /// <summary>Packs the tool, unless that is done.</summary>
    public void RequireTool() => _ = _tool.Value;

    public void Dispose() => _folder.Dispose();

    /// <summary>The files in a package, and its nuspec.</summary>
    public (string[] Files, XElement Metadata) Open(string library, string extension = "nupkg")
    {
        if (library == Tool) RequireTool();
        using var archive = ZipFile.OpenRead(System.IO.Path.Combine(Path, $"{library}.{PackageVersion}.{extension}"));
        using var nuspec = archive.GetEntry($"{library}.nuspec")!.Open();
        return ([.. archive.Entries.Select(e => e.FullName)], XDocument.Load(nuspec).Root!.Elements().Single());
    }

    /// <summary>
    /// A user's empty folder, in which packages come from the packed ones; others from where this machine has them, so that nothing is downloaded
    /// twice, and nothing of ours from an earlier time.
    /// </summary>
    public void Configure(string userFolder)
    {
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(System.IO.Path.Combine(userFolder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packed" value="{Path}" /></packageSources>
              <fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>One build of all of them: starting one for each takes longer than packing.</summary>
    private bool Pack(params string[] libraries)
    {
        var projects = string.Join(';', libraries.Select(l => Repository.File("src", l, $"{l}.csproj")));
        var build = _folder.File($"pack-{libraries[0]}.proj");
        File.WriteAllText(build, $"""
            <Project>
              <Target Name="PackAll">
                <MSBuild Projects="{projects}" Targets="Pack" Properties="Configuration={Configuration};NoBuild=true;PackageOutputPath={Path}" />
              </Target>
            </Project>
            """);
        DotNet.Run(_folder.Path, "dotnet", "msbuild", build, "-t:PackAll", "-nologo", "-v:quiet");
        return true;
    }

    [GeneratedRegex(@"^MlNetSer\.Audio\.(?<version>.+)\.nupkg$")]
    private static partial Regex Version();
}
