using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Cli;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using MlNetSer.Tests;
using MlNetSer.Training;
using static TorchSharp.torch;

namespace MlNetSer.Endurance;

/// <summary>
/// Small files of every kind that the library and the tool write, with the vectors that they give: each version's must be read by all later
/// ones. <see cref="Write"/> makes those of today, <see cref="Read"/> gives the vectors of any.
/// </summary>
internal static class KeptFiles
{
    private const int EmbeddingSize = 6;
    private const string Clip = "clip.wav";
    private const string Encoder = "encoder.onnx";
    private const string Classifier = "classifier.onnx";
    private const string Pipeline = "pipeline.zip";
    private const string Run = "run";
    private const string Checkpoint = "checkpoint.safetensors.gz";
    private const string Cache = "cache.logmel";

    /// <summary>The folders of all versions.</summary>
    public static string Root { get; } = Repository.File("tests", "MlNetSer.Endurance", "Compatibility");

    /// <summary>Vectors by the names of what gave them, from all that lies in a folder.</summary>
    public static IReadOnlyDictionary<string, float[]> Read(string folder)
    {
        var vectors = new SortedDictionary<string, float[]>(StringComparer.Ordinal);
        var clip = Path.Combine(Root, Clip);
        using var temporary = new TemporaryFolder();
        if (Has(Encoder))
        {
            using var embedder = new SoundEmbedder(Path.Combine(folder, Encoder));
            vectors[Encoder] = embedder.EmbedFile(clip);
        }
        if (Has(Classifier))
        {
            using var predictor = new SoundPredictor(Path.Combine(folder, Classifier));
            vectors[Classifier] = [.. predictor.PredictFile(clip).Probabilities];
        }
        if (Has(Pipeline))
        {
            var ml = new MLContext();
            var data = ml.Model.Load(Path.Combine(folder, Pipeline), out _).Transform(ml.Data.LoadFromEnumerable([new Row { SoundPath = clip }]));
            vectors[Pipeline] = data.GetColumn<float[]>("Features").Single();
        }
        if (Has(Run, Checkpoint))
        {
            var run = temporary.File("run", "run.json");
            foreach (var file in Directory.GetFiles(Path.Combine(folder, Run), "*.*")) File.Copy(file, Path.Combine(Path.GetDirectoryName(run)!, Path.GetFileName(file)));
            using (var packed = new GZipStream(File.OpenRead(Path.Combine(folder, Run, Checkpoint)), CompressionMode.Decompress))
            using (var whole = File.Create(Path.ChangeExtension(temporary.File("run", Checkpoint), null)))
                packed.CopyTo(whole);
            EncoderExport.Export(Path.GetDirectoryName(run)!, temporary.File("exported.onnx"));
            using var embedder = new SoundEmbedder(temporary.File("exported.onnx"));
            vectors[Run] = embedder.EmbedFile(clip);
            vectors["curve"] = [.. CurvePoint.Read(Path.Combine(folder, Run, "curve.csv")).Select(p => (float)p.Loss)];
            vectors["sessions"] = [.. TrainingSession.Read(Path.Combine(folder, Run)).Select(s => (float)s.Seconds)];
        }
        if (Has(Run, "run.json"))
        {
            var settings = RunDescription.Read(Path.Combine(folder, Run)).Settings;
            vectors["settings"] = [(float)settings.Temperature];
            vectors["front end"] = [settings.LogMel.MelBands, settings.LogMel.PatchHop, (float)Math.Log10(settings.LogMel.LogOffset)];
        }
        if (Has(Cache) && LogMelCacheFile.TryRead(Path.Combine(folder, Cache)) is { } index)
        {
            using var cache = new LogMelCache(Path.Combine(folder, Cache), index);
            var frame = new float[cache.Settings.MelBands];
            cache.Read(0, 50, frame);
            vectors[Cache] = frame;
        }
        foreach (var table in Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var file = new IndexFile(table);
            vectors[Path.GetFileName(table)] = file.Decode(0).Single()!;
        }
        return vectors;

        bool Has(params string[] relative) => File.Exists(Path.Combine([folder, .. relative]));
    }

    /// <summary>The vectors that a folder's files gave when they were written.</summary>
    public static IReadOnlyDictionary<string, float[]> Expected(string folder) => File.ReadLines(Path.Combine(folder, "expected.csv"))
        .Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[1..].Select(c => float.Parse(c, CultureInfo.InvariantCulture)).ToArray());

    /// <summary>Writes files of today into a new folder.</summary>
    public static void Write(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        if (!File.Exists(Path.Combine(Root, Clip))) TestModel.WriteSound(Path.Combine(Root, Clip), 2.5, seed: 3, sampleRate: 8000);
        var encoder = Model(ClipPooling.Maximum);
        encoder.Save(Path.Combine(folder, Encoder));
        float[] weights = [.. Enumerable.Range(0, 2 * EmbeddingSize).Select(i => ((i % 5) - 2) / 10f)];
        SoundClassifierGraph.Compose(encoder, SoundModelInfo.Read(encoder) with { Labels = ["a", "b"] }, weights, [0.1f, -0.1f]).Save(Path.Combine(folder, Classifier));
        WritePipeline(folder);
        WriteRun(Directory.CreateDirectory(Path.Combine(folder, Run)).FullName);
        using (var caches = new TemporaryFolder())
        {
            using var cache = LogMelCache.OpenOrCreate(caches.Path, [Path.Combine(Root, Clip)], new());
            File.Copy(cache.Path, Path.Combine(folder, Cache), overwrite: true);
        }
        Directory.SetCurrentDirectory(folder);
        foreach (var output in new[] { "embeddings.parquet", "parts" })
        {
            if (Tool.Run(["embed", "--model", Encoder, "--data", Path.Combine("..", Clip), "--out", output], Screen.OfProcess()) != 0) throw new InvalidOperationException(output);
        }
        WriteExpected(folder);
    }

    /// <summary>Writes down what the files of a folder give.</summary>
    public static void WriteExpected(string folder) => File.WriteAllLines(
        Path.Combine(folder, "expected.csv"), Read(folder).Select(v => $"{v.Key},{string.Join(',', v.Value.Select(x => x.ToString("R", CultureInfo.InvariantCulture)))}"));

    /// <summary>A model of some kilobytes: most of a real one is its front end's transform.</summary>
    public static OnnxModel Model(ClipPooling pooling)
    {
        const int Bands = 8, Filters = 4;
        var g = new OnnxGraphBuilder("encoder");
        var patches = g.Input("patches", OnnxElementType.Float32, "P", 1, 101, Bands);
        var x = g.Relu(g.Node("Conv", [patches, Pattern("conv", Filters, 1, 3, 3)], ("strides", new long[] { 2, 2 })));
        var pooled = g.Concat(1, g.Flatten(g.Node("GlobalAveragePool", [x])), g.Flatten(g.Node("GlobalMaxPool", [x])));
        g.Output("embeddings", g.Gemm(pooled, Pattern("linear", EmbeddingSize, 2 * Filters), transposeB: true), OnnxElementType.Float32, "P", EmbeddingSize);
        return SoundEncoderGraph.Compose(g.Build(), new SoundModelInfo
        {
            Name = "kept",
            Encoder = "test",
            EmbeddingSize = EmbeddingSize,
            LogMel = new() { SampleRate = 8000, FftSize = 128, WindowSize = 128, HopSize = 80, MelBands = Bands, MinFrequency = 100, MaxFrequency = 4000, MinimumSeconds = 1 },
            Normalisation = new(-2, 1.5f),
            Pooling = pooling,
        });

        OnnxValue Pattern(string name, params long[] shape) => g.Initializer<float>(
            name, [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => ((((i * 31) + (i / 7)) % 13) - 5) * 0.1f)], shape);
    }

    private static void WritePipeline(string folder)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new Row { SoundPath = Path.Combine(Root, Clip) }]);
        using var model = ml.Transforms.ApplySoundEmbedding("Features", "SoundPath", Path.Combine(folder, Encoder)).Fit(data);
        ml.Model.Save(model, data.Schema, Path.Combine(folder, Pipeline));
    }

    /// <summary>A run whose weights follow a pattern: real ones do not compress.</summary>
    private static void WriteRun(string folder)
    {
        var settings = new PretrainSettings { Encoder = "vgg", Epochs = 2, Pooling = ClipPooling.Maximum };
        var data = new TrainingData { Description = "a pattern", Clips = 1, Fingerprint = "0" };
        new RunDescription { Settings = settings, Data = data, Normalisation = new(-2, 1.5f) }.Write(folder);
        CurvePoint.Write(Path.Combine(folder, "curve.csv"), [new(1, 4.5, 0.03, 12.5, new(0.5, null)), new(2, 4.25, 0.03, 12.5, new(null, 0.75))]);
        TrainingSession.Write(folder, [new() { Started = DateTimeOffset.UnixEpoch, Seconds = 12.5, Epochs = 2, Processor = "p", Threads = 1, Device = "cpu", Memory = 1, System = "s" }]);
        using var encoder = SoundEncoders.Create(settings.Encoder, 1);
        using var head = new ProjectionHead(encoder.EmbeddingSize, 1);
        using (no_grad())
        {
            foreach (var (name, value) in encoder.state_dict().Concat(head.state_dict()))
            {
                if (value.dtype != ScalarType.Float32) continue;
                var pattern = tensor([.. Enumerable.Range(0, (int)value.numel()).Select(i => ((((i * 31) + (i / 7)) % 13) - 5) * 0.01f)]).reshape(value.shape);
                value.copy_(name.EndsWith("running_var", StringComparison.Ordinal) ? pattern.abs() + 0.5 : pattern);
            }
        }
        using var optimiser = new Sgd(encoder.named_parameters().Concat(head.named_parameters()).Select(p => (p.name, (Tensor)p.parameter)), 0.9, 0);
        var path = Path.Combine(folder, Path.GetFileNameWithoutExtension(Checkpoint));
        Training.Checkpoint.Write(path, encoder, head, optimiser, new(2, 0, 0));
        using (var packed = new GZipStream(File.Create(Path.Combine(folder, Checkpoint)), CompressionLevel.SmallestSize))
        using (var whole = File.OpenRead(path))
            whole.CopyTo(packed);
        File.Delete(path);
    }

    private sealed class Row
    {
        public string SoundPath { get; set; } = "";
    }
}
