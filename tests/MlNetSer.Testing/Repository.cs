namespace MlNetSer.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string File(params string[] relative) => Path.Combine([Root, .. relative]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "MlNetSer.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No MlNetSer.sln above {AppContext.BaseDirectory}");
    }
}
