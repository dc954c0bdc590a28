using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer.Benchmarks;

/// <summary>ML.NET's Transform, which goes row by row, against the direct embedder on one thread: the same files, the same model.</summary>
internal static class TransformPair
{
    private const int Files = 40;

    internal static Pair Create()
    {
        var files = BenchmarkSounds.Files.Take(Files).ToList();
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(files.Select(file => new Row { SoundPath = file }));
        var model = ml.Transforms.ApplySoundEmbedding().Fit(data);
        var embedder = new SoundEmbedder(SoundModels.Default);
        return new(
            "transform", "files/s",
            new("ML.NET Transform", () => Rate(files.Count, () => model.Transform(data).GetColumn<float[]>("Features").Count())),
            new("direct embedder, 1 thread", () => Rate(files.Count, () => embedder.EmbedFiles(files, threads: 1).Count(result => result.Vector is not null))),
            embedder);
    }

    private static double Rate(int files, Func<int> embed)
    {
        var watch = Stopwatch.StartNew();
        var embedded = embed();
        if (embedded != files) throw new InvalidOperationException($"{embedded} of {files} files were embedded");
        return files / watch.Elapsed.TotalSeconds;
    }

    private sealed class Row
    {
        public string SoundPath { get; set; } = "";
    }
}
