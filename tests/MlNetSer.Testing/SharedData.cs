using Xunit;

namespace MlNetSer.Testing;

/// <summary>The reference data and real sounds that lie outside the repository.</summary>
public static class SharedData
{
    /// <summary>The folder, or null when this machine has none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The path of a file or folder in it. The test is reported as skipped when the data are absent.</summary>
    public static string Require(params string[] relative)
    {
        var path = Root is null ? null : Path.Combine([Root, .. relative]);
        Assert.SkipUnless(
            path is not null && Path.Exists(path),
            $"NOT RUN: needs the shared data ({string.Join('/', relative)}). Set MLNETSER_SHARED to their folder.");
        return path!;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MLNETSER_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        var beside = Path.GetFullPath(Repository.File("..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }
}
