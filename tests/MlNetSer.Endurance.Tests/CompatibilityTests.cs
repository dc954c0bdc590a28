namespace MlNetSer.Endurance.Tests;

/// <summary>Files of each version that ever wrote any are read, and give the vectors that they gave then.</summary>
public class CompatibilityTests
{
    /// <summary>Other processors add in another order.</summary>
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Versions => [.. Directory.GetDirectories(KeptFiles.Root).Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Files_of_a_version_give_what_they_gave(string version)
    {
        var folder = Path.Combine(KeptFiles.Root, version);
        var (expected, vectors) = (KeptFiles.Expected(folder), KeptFiles.Read(folder));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), vectors.Keys);
        foreach (var (name, vector) in vectors)
        {
            Assert.Equal(expected[name].Length, vector.Length);
            for (var i = 0; i < vector.Length; i++)
            {
                var allowed = Tolerance * (1 + Math.Abs(expected[name][i]));
                Assert.True(Math.Abs(expected[name][i] - vector[i]) <= allowed, $"{name}[{i}] is {vector[i]}, expected {expected[name][i]}");
            }
        }
    }

    [Fact]
    public void All_versions_are_kept() => Assert.Equal(["format-1", "format-1-released", "format-2", "format-2-checksum", "run-format-2", "run-format-3"], Versions.Select(v => v.Data).Order(StringComparer.Ordinal));
}
