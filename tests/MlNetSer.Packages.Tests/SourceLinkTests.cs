using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests;

/// <summary>Packages that are built where the repository has a home on the web lead debuggers to their sources there.</summary>
public sealed class SourceLinkTests(PackageFolder packages) : IDisposable
{
    /// <summary>What the compiler keeps the map under, by the specification of portable PDB files.</summary>
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_built_in_a_clone_with_a_remote_names_its_repository_its_commit_and_its_sources()
    {
        var clone = _folder.File("clone");
        DotNet.Run(_folder.Path, "git", "clone", "--quiet", Repository.Root, clone);
        DotNet.Run(clone, "git", "remote", "set-url", "origin", "https://github.com/example/sounds.git");
        var commit = DotNet.Run(clone, "git", "rev-parse", "HEAD").Trim();
        packages.Configure(clone);

        DotNet.Run(clone, "dotnet", "pack", "src/MlNetSer.Audio", "-c", "Release", "-o", "packed", "-p:ContinuousIntegrationBuild=true", "-v:quiet");

        using var package = ZipFile.OpenRead(Directory.GetFiles(Path.Combine(clone, "packed"), "*.nupkg").Single());
        using var nuspec = package.GetEntry("MlNetSer.Audio.nuspec")!.Open();
        var repository = XDocument.Load(nuspec).Descendants().Single(e => e.Name.LocalName == "repository");
        Assert.Equal(("git", commit), (repository.Attribute("type")!.Value, repository.Attribute("commit")!.Value));
        Assert.StartsWith("https://github.com/example/sounds", repository.Attribute("url")!.Value, StringComparison.Ordinal);

        using var symbols = ZipFile.OpenRead(Directory.GetFiles(Path.Combine(clone, "packed"), "*.snupkg").Single());
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(Unpacked(symbols, "lib/net10.0/MlNetSer.Audio.pdb"));
        var reader = pdb.GetMetadataReader();
        var map = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(i => reader.GetGuid(i.Kind) == s_sourceLink);
        var documents = JsonDocument.Parse(Encoding.UTF8.GetString(reader.GetBlobBytes(map.Value))).RootElement.GetProperty("documents");
        var (local, remote) = documents.EnumerateObject().Select(d => (d.Name, d.Value.GetString())).Single();
        Assert.Equal($"https://raw.githubusercontent.com/example/sounds/{commit}/*", remote);
        // No path of the machine that built it: every source is below the map's root, or generated and in the file itself.
        Assert.All(
            reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name)),
            name => Assert.StartsWith(local.TrimEnd('*'), name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MlNetSer")]
    [InlineData("MlNetSer.Audio")]
    [InlineData("MlNetSer.Onnx")]
    [InlineData("MlNetSer.TorchOnnx")]
    [InlineData("MlNetSer.Training")]
    public void A_library_is_built_so_that_the_same_sources_give_the_same_bytes(string library)
    {
        using var package = ZipFile.OpenRead(Path.Combine(packages.Path, $"{library}.{packages.PackageVersion}.nupkg"));
        using var assembly = new PEReader(Unpacked(package, $"lib/net10.0/{library}.dll"));
        Assert.Contains(assembly.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    private static MemoryStream Unpacked(ZipArchive archive, string entry)
    {
        using var packed = archive.GetEntry(entry)!.Open();
        var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }
}
