namespace MlNetSer;

/// <summary>The sound models that come with the library.</summary>
public static class SoundModels
{
    /// <summary>Path of the model that is used where none is named, mlnetser-base: embeddings of 2,048 values, weights in float32.</summary>
    /// <exception cref="FileNotFoundException">The library's <c>models</c> folder was not copied along, or the model is not in it.</exception>
    public static string Default => Find("mlnetser-base.onnx");

    /// <summary>Path of mlnetser-small, for applications that are downloaded: half the size of <see cref="Default"/>, its convolutions in 8-bit integers, about twice as fast.</summary>
    /// <exception cref="FileNotFoundException">The library's <c>models</c> folder was not copied along, or the model is not in it.</exception>
    public static string Small => Find("mlnetser-small.onnx");

    private static string Find(string file)
    {
        // An assembly in a single-file application has no place of its own; one loaded by a script host lies elsewhere than the host.
        var library = Path.GetDirectoryName(typeof(SoundModels).Assembly.Location) ?? "";
        string[] folders = [library, InPackageCache(library), AppContext.BaseDirectory];
        string[] candidates = [.. folders.Where(f => f.Length > 0).Distinct().Select(f => Path.Combine(f, "models", file))];
        return Array.Find(candidates, File.Exists) ?? throw new FileNotFoundException(
            $"The sound model is not at '{candidates[^1]}': copy the library's models folder there, or name a model file.",
            candidates[^1]);
    }

    /// <summary>
    /// In a notebook or script the library lies in the package cache, as <c>CACHE/mlnetser/VERSION/lib/FRAMEWORK</c>, and the models'
    /// package of the same version in <c>CACHE/mlnetser.models/VERSION</c>.
    /// </summary>
    private static string InPackageCache(string library)
    {
        var version = new DirectoryInfo(library.Length > 0 ? library : AppContext.BaseDirectory).Parent?.Parent;
        return version?.Parent?.Parent is { } cache ? Path.Combine(cache.FullName, "mlnetser.models", version.Name) : "";
    }
}
