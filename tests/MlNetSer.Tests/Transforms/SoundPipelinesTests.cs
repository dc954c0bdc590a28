using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class SoundPipelinesTests : IDisposable
{
    private const int Clips = 24;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);
    private readonly SoundEmbeddingOptions _options;
    private readonly IDataView _data;

    public SoundPipelinesTests()
    {
        _options = new() { ModelPath = TestModel.Write(_folder.File("model.onnx")) };
        for (var i = 0; i < Clips; i++)
        {
            // Tones that differ in pitch by label and in loudness and place by clip.
            var clip = TestModel.Sound(0.5, seed: 1 + (i % 3));
            for (var s = 0; s < clip.Length; s++) clip[s] *= 0.3f + (0.02f * i);
            Audio.WavFile.Write(_folder.File("sounds", $"label {i % 3}", $"{i}.wav"), clip.AsSpan(10 * i), 22050);
        }
        _data = _ml.Data.LoadFromSoundFolder(_folder.File("sounds"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_is_learned_evaluated_and_predicted(bool trees)
    {
        var pipeline = trees ? SoundPipelines.FastTree(_ml, _options) : SoundPipelines.Linear(_ml, _options, l2Regularization: 0.1f);
        using var model = pipeline.Fit(_data);
        Assert.Equal(1, _ml.MulticlassClassification.Evaluate(model.Transform(_data)).MicroAccuracy);

        using var engine = _ml.Model.CreatePredictionEngine<SoundInput, SoundPrediction>(model);
        foreach (var (path, label) in _data.GetColumn<string>("SoundPath").Zip(_data.GetColumn<string>("Label")).Take(3))
        {
            var prediction = engine.Predict(new() { SoundPath = path });
            Assert.Equal(label, prediction.PredictedLabel);
            Assert.Equal(3, prediction.Score.Length);
        }
    }

    [Fact]
    public void Cross_validation_works_as_for_any_pipeline()
    {
        var folds = _ml.MulticlassClassification.CrossValidate(_data, SoundPipelines.Linear(_ml, _options, l2Regularization: 0.1f), numberOfFolds: 3);
        Assert.Equal(3, folds.Count);
        Assert.True(folds.Average(fold => fold.Metrics.MicroAccuracy) > 0.7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ready_made_pipeline_reads_each_sound_once_however_often_the_trainer_passes(bool trees)
    {
        CountingFactory.Reads = 0;
        var counted = _ml.Transforms.CustomMapping<SoundInput, CountedPath>(CountingFactory.Count, null).Fit(_data).Transform(_data);
        var options = _options with { InputColumnName = "CountedPath" };
        (trees ? SoundPipelines.FastTree(_ml, options) : SoundPipelines.Linear(_ml, options)).Fit(counted).Dispose();
        Assert.Equal(Clips, CountingFactory.Reads);
    }

    [Fact]
    public void Features_for_the_evaluation_are_computed_once_per_clip_and_unreadable_clips_are_left_out()
    {
        var broken = _folder.File("sounds", "label 0", "broken.wav");
        File.WriteAllText(broken, "words, words, words");
        using var embedder = new SoundEmbedder(_options.ModelPath!);
        var done = new List<int>();
        var features = SoundFeatures.Embed(embedder, SoundTable.ReadFolder(_folder.File("sounds")), new Counter(done));
        Assert.Equal(Enumerable.Range(1, Clips + 1), done);
        Assert.Equal((Clips, TestModel.EmbeddingSize, "test model"), (features.Sounds.Count, features.Dimensions, features.Name));
        Assert.Equal(broken, Assert.Single(features.Unreadable).Path);
        Assert.DoesNotContain(features.Sounds, s => s.Path == broken);
        Assert.Equal(embedder.EmbedFile(features.Sounds[7].Path), features.Vectors[7]);

        var report = FoldEvaluation.Run(features, new() { Folds = 3 });
        Assert.Equal(features.Unreadable, report.Unreadable);
        Assert.All(report.Classifiers, c => Assert.True(c.MicroAccuracy.Mean > 0.6, $"{c.Classifier} {c.MicroAccuracy}"));

        var none = Assert.Throws<InvalidDataException>(() => SoundFeatures.Embed(embedder, [new(broken, "x")]));
        Assert.Contains($"None of 1 clips can be read. The first: {broken}", none.Message, StringComparison.Ordinal);
    }

    private sealed class Counter(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }

    private static class CountingFactory
    {
        private static int s_reads;

        public static int Reads
        {
            get => s_reads;
            set => s_reads = value;
        }

        public static void Count(SoundInput input, CountedPath output)
        {
            Interlocked.Increment(ref s_reads);
            output.Path = input.SoundPath;
        }
    }

    private sealed class SoundInput
    {
        public string SoundPath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class CountedPath
    {
        [ColumnName("CountedPath")]
        public string Path { get; set; } = "";
    }

    private sealed class SoundPrediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
