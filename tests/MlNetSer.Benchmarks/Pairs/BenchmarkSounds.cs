using MlNetSer.Testing;

namespace MlNetSer.Benchmarks;

/// <summary>The sounds that pairs work on: ESC-10 of the shared data.</summary>
internal static class BenchmarkSounds
{
    internal static IReadOnlyList<string> Files => [.. SoundTable.Read(Shared("data", "esc10", "esc10.csv")).Select(sound => sound.Path)];

    /// <exception cref="FileNotFoundException">The shared data are absent.</exception>
    internal static string Shared(params string[] relative)
    {
        var path = SharedData.Root is { } root ? Path.Combine([root, .. relative]) : null;
        return path is not null && Path.Exists(path)
            ? path
            : throw new FileNotFoundException($"this needs the shared data ({string.Join('/', relative)}); set MLNETSER_SHARED to their folder");
    }
}
