using System.Globalization;
using System.Text.RegularExpressions;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests;

/// <summary>What each package costs whoever adds it.</summary>
public sealed partial class PackageSizeTests(PackageFolder packages) : IDisposable
{
    private const double Tolerance = 0.25;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_readme_says_how_large_each_package_is_with_all_that_it_restores()
    {
        var libraries = PackageFolder.Libraries.Where(l => l != "MlNetSer.Cli").Order(StringComparer.Ordinal).ToArray();
        var restored = new RestoredPackages(packages, _folder.Path, libraries);
        packages.RequireTool();
        var tool = new FileInfo(Path.Combine(packages.Path, $"MlNetSer.Cli.{packages.PackageVersion}.nupkg")).Length;
        string[] rows =
        [
            .. libraries.Select(library =>
            {
                var closure = restored.Closure([library]);
                Assert.Equal(library is "MlNetSer.TorchOnnx" or "MlNetSer.Training", closure.Contains("TorchSharp", StringComparer.OrdinalIgnoreCase));
                Assert.DoesNotContain(closure, name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));
                return Row(library, restored.SizeOf(library), closure.Count, closure.Sum(restored.SizeOf));
            }),
            Row("MlNetSer.Cli", tool, 1, tool),
        ];
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', rows));

        string[] written = [.. TableRow().Matches(File.ReadAllText(Repository.File("README.md"))).Select(row => row.Value)];
        Assert.True(
            written.Length == rows.Length && written.Zip(rows).All(pair => AreClose(pair.First, pair.Second)),
            $"The README's table of packages should have\n{string.Join('\n', rows)}\nand has\n{string.Join('\n', written)}");
    }

    private static string Row(string name, long own, int packages, long all) => string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {own / 1e6:F2} MB | {packages} | {all / 1e6:F2} MB |");

    /// <summary>The same names and numbers of packages, and about the same sizes.</summary>
    private static bool AreClose(string written, string row)
    {
        string[] a = written.Split('|', StringSplitOptions.TrimEntries), b = row.Split('|', StringSplitOptions.TrimEntries);
        return a[1] == b[1] && a[3] == b[3] && Sizes().Matches(written).Zip(Sizes().Matches(row), (x, y) => Math.Abs(Number(x) / Number(y) - 1)).All(d => d < Tolerance);
        static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\| MlNetSer[\w.]* \| [\d.]+ MB \| \d+ \| [\d.]+ MB \|$", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"([\d.]+) MB")]
    private static partial Regex Sizes();
}
