using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class ApplySoundClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);
    private readonly string _model;

    public ApplySoundClassifierTests() => _model = TestClassifier.Write(_folder.File("model.onnx"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sound_files_get_the_labels_and_scores_of_the_direct_predictor()
    {
        var paths = WriteSounds();
        var data = _ml.Data.LoadFromSounds(paths.Select(p => new LabelledSound(p, "")));
        using var transformer = _ml.Transforms.ApplySoundClassifier(_model).Fit(data);

        var scored = transformer.Transform(data);

        using var predictor = new SoundPredictor(_model);
        AssertRows(paths.Select(p => predictor.PredictFile(p)), scored);
        Assert.Equal(["SoundPath", "Label", "Score", "PredictedLabel"], scored.Schema.Select(c => c.Name));
        Assert.Equal(TextDataViewType.Instance, scored.Schema["PredictedLabel"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(TestClassifier.Labels, names.DenseValues().Select(n => n.ToString()));
    }

    [Theory]
    [InlineData(22050)]
    [InlineData(null)]
    public void Waveforms_get_them_under_any_names_and_the_embedding_with_them(int? size)
    {
        var schema = SchemaDefinition.Create(typeof(WaveformRow));
        if (size is { } known) schema["Waveform"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, known);
        var sounds = Enumerable.Range(0, 4).Select(i => TestModel.Sound(size is null ? 1 + i : 1, i)).ToArray();
        var data = _ml.Data.LoadFromEnumerable(sounds.Select(s => new WaveformRow { Waveform = s }), schema);
        var options = new SoundClassifierOptions
        {
            ModelPath = _model,
            InputColumnName = "Waveform",
            PredictedLabelColumnName = "What",
            ScoreColumnName = "probabilities",
            EmbeddingColumnName = "embedding",
        };
        using var transformer = _ml.Transforms.ApplySoundClassifier(options).Fit(data);

        var scored = transformer.Transform(data);

        using var predictor = new SoundPredictor(_model);
        using var embedder = new SoundEmbedder(_model);
        AssertRows(sounds.Select(s => predictor.Predict(s)), scored, "What", "probabilities");
        foreach (var (sound, embedding) in sounds.Zip(scored.GetColumn<float[]>("embedding")))
            SoundEmbedderTests.AssertClose(embedder.Embed(sound), embedding, 1e-5);
    }

    [Fact]
    public void A_saved_pipeline_predicts_the_same_without_the_file_also_row_by_row()
    {
        var paths = WriteSounds();
        var data = _ml.Data.LoadFromSounds(paths.Select(p => new LabelledSound(p, "")));
        using var predictor = new SoundPredictor(_model);
        var expected = paths.Select(p => predictor.PredictFile(p)).ToArray();
        using (var transformer = _ml.Transforms.ApplySoundClassifier(_model).Fit(data))
            _ml.Model.Save(transformer, data.Schema, _folder.File("classifier.zip"));
        File.Delete(_model);

        var other = new MLContext();
        var loaded = other.Model.Load(_folder.File("classifier.zip"), out _);

        var scored = loaded.Transform(data);
        AssertRows(expected, scored);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(TestClassifier.Labels, names.DenseValues().Select(n => n.ToString()));
        using var engine = other.Model.CreatePredictionEngine<PathRow, Prediction>(loaded);
        foreach (var (path, prediction) in paths.Zip(expected))
        {
            var row = engine.Predict(new PathRow { SoundPath = path });
            Assert.Equal(prediction.Label, row.PredictedLabel);
            SoundEmbedderTests.AssertClose([.. prediction.Probabilities], row.Score, 1e-5);
        }
    }

    [Fact]
    public void Its_scores_are_evaluated_by_ML_NET()
    {
        var paths = WriteSounds();
        using var predictor = new SoundPredictor(_model);
        var data = _ml.Data.LoadFromSounds(paths.Select(p => new LabelledSound(p, predictor.PredictFile(p).Label)));
        var pipeline = _ml.Transforms.ApplySoundClassifier(_model)
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label", keyData: _ml.Data.LoadFromEnumerable(TestClassifier.Labels.Select(l => new Key { Label = l }))))
            .Append(_ml.Transforms.Conversion.MapValueToKey("PredictedLabel", keyData: _ml.Data.LoadFromEnumerable(TestClassifier.Labels.Select(l => new Key { Label = l }))));

        var metrics = _ml.MulticlassClassification.Evaluate(pipeline.Fit(data).Transform(data));

        Assert.Equal(1, metrics.MicroAccuracy);
    }

    [Fact]
    public void What_cannot_work_is_refused_before_the_first_row()
    {
        var paths = _ml.Data.LoadFromEnumerable([new PathRow { SoundPath = "none.wav" }]);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ApplySoundClassifier(_model, inputColumnName: "Sound").Fit(paths));
        Assert.Contains("'Sound' is missing: ApplySoundClassifier", missing.Message, StringComparison.Ordinal);
        var numbers = _ml.Data.LoadFromEnumerable([new Number { SoundPath = 3 }]);
        var wrong = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ApplySoundClassifier(_model).Fit(numbers));
        Assert.Contains("22050 Hz", wrong.Message, StringComparison.Ordinal);
        var unfit = _ml.Transforms.ApplySoundClassifier(_model, inputColumnName: "Sound")
            .Append(_ml.Transforms.Conversion.MapValueToKey("PredictedLabel"));
        Assert.Throws<ArgumentOutOfRangeException>(() => unfit.Fit(paths));
        Assert.Throws<FileNotFoundException>(() => _ml.Transforms.ApplySoundClassifier(_folder.File("none.onnx")));
        var encoder = TestModel.Write(_folder.File("encoder.onnx"));
        Assert.Contains("no classifier", Assert.Throws<SoundModelException>(() => _ml.Transforms.ApplySoundClassifier(encoder)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _ml.Transforms.ApplySoundClassifier(_model, "Same", "Same"));
    }

    [Fact]
    public void A_chain_knows_the_added_columns_before_the_model_is_fitted()
    {
        var data = _ml.Data.LoadFromEnumerable([new PathRow { SoundPath = "none.wav" }]);
        var classifier = _ml.Transforms.ApplySoundClassifier(new SoundClassifierOptions { ModelPath = _model, EmbeddingColumnName = "Embedding" });

        // A chain asks for the promised schema first: these refuse columns of another type, or of unknown size.
        using var chain = classifier
            .Append(_ml.Transforms.Concatenate("Both", "Score", "Embedding"))
            .Append(_ml.Transforms.Text.NormalizeText("PredictedLabel"))
            .Fit(data);

        var both = Assert.IsType<VectorDataViewType>(chain.GetOutputSchema(data.Schema)["Both"].Type);
        Assert.Equal(TestClassifier.Labels.Length + TestModel.EmbeddingSize, both.Size);
    }

    private string[] WriteSounds() =>
        [.. Enumerable.Range(0, 5).Select(i => TestModel.WriteSound(_folder.File($"{i}.wav"), 0.5 + i, seed: i + 1, sampleRate: i % 2 == 0 ? 22050 : 44100))];

    private static void AssertRows(
        IEnumerable<SoundPrediction> expected, IDataView scored, string label = "PredictedLabel", string score = "Score")
    {
        var predictions = expected.ToArray();
        Assert.Equal(predictions.Select(p => p.Label), scored.GetColumn<string>(label));
        foreach (var (prediction, scores) in predictions.Zip(scored.GetColumn<float[]>(score), (p, s) => (p, s)))
            SoundEmbedderTests.AssertClose([.. prediction.Probabilities], scores, 1e-5);
    }

    private sealed class Key
    {
        public string Label { get; set; } = "";
    }

    private sealed class PathRow
    {
        public string SoundPath { get; set; } = "";
    }

    private sealed class Number
    {
        public float SoundPath { get; set; }
    }

    private sealed class WaveformRow
    {
        public float[] Waveform { get; set; } = [];
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
