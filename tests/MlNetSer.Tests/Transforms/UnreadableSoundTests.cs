using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Folders of sounds have damaged files in them: what pipelines do about those, over cross-validation and once saved and loaded.</summary>
public sealed class UnreadableSoundTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);
    private readonly string _model;
    private readonly string _broken;
    private readonly LabelledSound[] _sounds;

    public UnreadableSoundTests()
    {
        _model = TestModel.Write(_folder.File("model.onnx"));
        _broken = _folder.File("broken.wav");
        File.WriteAllText(_broken, "no sound at all");
        _sounds =
        [
            .. Enumerable.Range(0, 12).Select(i => new LabelledSound(TestModel.WriteSound(_folder.File($"{i}.wav"), 0.5, i), i % 2 == 0 ? "even" : "odd")),
            new(_broken, "even"), new(_folder.File("nowhere.wav"), "odd"),
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void By_default_cross_validation_stops_and_names_the_file()
    {
        var pipeline = SoundPipelines.Linear(_ml, new() { ModelPath = _model });
        var data = _ml.Data.LoadFromSounds(_sounds[..^1]);

        var error = Assert.ThrowsAny<Exception>(() => _ml.MulticlassClassification.CrossValidate(data, pipeline, numberOfFolds: 2));

        Assert.Contains(_broken, error.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_embeddings_are_dropped_before_cross_validation_counted_and_told()
    {
        using var told = new Told();
        var embedding = _ml.Transforms.ApplySoundEmbedding(new SoundEmbeddingOptions { ModelPath = _model, OnError = SoundErrors.Missing });
        var data = _ml.Data.LoadFromSounds(_sounds);
        using var transformer = embedding.Fit(data);
        var embedded = _ml.Data.Cache(transformer.Transform(data));

        var vectors = embedded.GetColumn<float[]>("Features").ToArray();
        Assert.All(vectors[..12], v => Assert.All(v, x => Assert.True(float.IsFinite(x))));
        Assert.All(vectors[12..], v => Assert.All(v, x => Assert.True(float.IsNaN(x))));
        using var embedder = new SoundEmbedder(_model);
        foreach (var (sound, vector) in _sounds.Zip(vectors[..12])) Assert.Equal(embedder.EmbedFile(sound.Path), vector);
        Assert.Equal([_broken, _folder.File("nowhere.wav")], told.Paths.Order());
        Assert.All(told.Reasons, (reason, i) => Assert.Contains(told.Paths.ElementAt(i), reason, StringComparison.Ordinal));
        Assert.Equal(2, told.Count);

        var whole = _ml.Data.FilterRowsByMissingValues(embedded, "Features");
        Assert.Equal(12, whole.GetColumn<string>("SoundPath").Count());
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var folds = _ml.MulticlassClassification.CrossValidate(whole, pipeline, numberOfFolds: 2);
        // A NaN among the features would make it one.
        Assert.All(folds, fold => Assert.True(double.IsFinite(fold.Metrics.LogLoss)));
    }

    [Fact]
    public void A_saved_pipeline_goes_on_with_what_it_was_told_to_do()
    {
        var data = _ml.Data.LoadFromSounds(_sounds);
        foreach (var onError in Enum.GetValues<SoundErrors>())
        {
            using var told = new Told();
            var path = _folder.File($"{onError}.zip");
            using (var fitted = _ml.Transforms.ApplySoundEmbedding(new SoundEmbeddingOptions { ModelPath = _model, OnError = onError }).Fit(data))
                _ml.Model.Save(fitted, data.Schema, path);
            var loaded = new MLContext().Model.Load(path, out _);
            var embedded = loaded.Transform(data);
            if (onError is SoundErrors.Throw)
            {
                var error = Assert.ThrowsAny<Exception>(() => embedded.GetColumn<float[]>("Features").Count());
                Assert.Contains(_broken, error.GetBaseException().Message, StringComparison.Ordinal);
                Assert.Equal(0, told.Count);
            }
            else
            {
                Assert.Equal(12, _ml.Data.FilterRowsByMissingValues(embedded, "Features").GetColumn<float[]>("Features").Count());
                Assert.Equal(2, told.Count);
            }
            Assert.IsAssignableFrom<IDisposable>(loaded).Dispose();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(22050)]
    public void A_waveform_with_a_gap_has_no_embedding_either(int? size)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        if (size is { } known) schema["Waveform"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, known);
        var gap = TestModel.Sound(1, seed: 2);
        gap[11_000] = float.NaN;
        var data = _ml.Data.LoadFromEnumerable([new Row { Waveform = TestModel.Sound(1) }, new Row { Waveform = gap }], schema);
        var options = new SoundEmbeddingOptions { ModelPath = _model, InputColumnName = "Waveform", OnError = SoundErrors.Missing };
        using var transformer = _ml.Transforms.ApplySoundEmbedding(options).Fit(data);

        var vectors = transformer.Transform(data).GetColumn<float[]>("Features").ToArray();

        using var embedder = new SoundEmbedder(_model);
        Assert.Equal(embedder.Embed(TestModel.Sound(1)), vectors[0]);
        Assert.All(vectors[1], x => Assert.True(float.IsNaN(x)));
    }

    private sealed class Row
    {
        public float[] Waveform { get; set; } = [];
    }

    /// <summary>What listeners hear.</summary>
    private sealed class Told : EventListener
    {
        private readonly ConcurrentQueue<(string Path, string Reason)> _events = new();
        private readonly MeterListener _meter = new();
        private long _count;

        public Told()
        {
            _meter.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "MlNetSer", Name: "mlnetser.unreadable_sounds" }) listener.EnableMeasurementEvents(instrument);
            };
            _meter.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
            _meter.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public IEnumerable<string> Paths => _events.Select(e => e.Path);

        public IEnumerable<string> Reasons => _events.Select(e => e.Reason);

        public override void Dispose()
        {
            _meter.Dispose();
            base.Dispose();
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "MlNetSer") EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName == "UnreadableSound") _events.Enqueue(((string)eventData.Payload![0]!, (string)eventData.Payload[1]!));
        }
    }
}
