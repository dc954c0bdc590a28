using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class ApplySoundEmbeddingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);
    private readonly string _model;

    public ApplySoundEmbeddingTests() => _model = TestModel.Write(_folder.File("model.onnx"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_column_gives_what_the_direct_embedder_gives()
    {
        string[] paths =
        [
            TestModel.WriteSound(_folder.File("a.wav"), 0.05),
            TestModel.WriteSound(_folder.File("b.wav"), 3, seed: 2, sampleRate: 44100),
            TestModel.WriteSound(_folder.File("c.wav"), 20, seed: 3),
        ];
        var data = _ml.Data.LoadFromSounds(paths.Select(p => new LabelledSound(p, "")));
        using var transformer = _ml.Transforms.ApplySoundEmbedding(modelPath: _model).Fit(data);
        using var embedder = new SoundEmbedder(_model);
        AssertRows(paths.Select(p => embedder.EmbedFile(p)), transformer.Transform(data), "Features");
    }

    [Fact]
    public void Real_sounds_and_the_shipped_model_give_what_the_direct_embedder_gives()
    {
        var sounds = SoundTable.Read(SharedData.Require("data", "esc10", "esc10.csv")).DistinctBy(s => s.Label).Take(4).ToArray();
        var data = _ml.Data.LoadFromSounds(sounds);
        using var transformer = _ml.Transforms.ApplySoundEmbedding().Fit(data);
        using var embedder = new SoundEmbedder();
        var direct = embedder.EmbedFiles([.. sounds.Select(s => s.Path)]).Select(e => e.Vector!).ToArray();
        AssertRows(direct, transformer.Transform(data), "Features");
        // Different sounds are told apart.
        Assert.All(direct.Skip(1), vector => Assert.True(TensorPrimitives.CosineSimilarity(direct[0], vector) < 0.99));
    }

    [Fact]
    public void Waveform_columns_of_variable_and_of_fixed_size_give_what_the_direct_embedder_gives()
    {
        using var embedder = new SoundEmbedder(_model);
        float[][] clips = [TestModel.Sound(2, 1), TestModel.Sound(2, 2), TestModel.Sound(2, 3)];
        float[][] odd = [[], TestModel.Sound(0.3), TestModel.Sound(5)];
        IDataView fixedSize = Waveforms(clips, clips[0].Length), variable = Waveforms(odd);
        var estimator = _ml.Transforms.ApplySoundEmbedding("Embedding", "Waveform", _model);

        using var onFixed = estimator.Fit(fixedSize);
        AssertRows(clips.Select(c => embedder.Embed(c)), onFixed.Transform(fixedSize), "Embedding");
        AssertRows(odd.Select(c => embedder.Embed(c)), onFixed.Transform(variable), "Embedding");
        using var onVariable = estimator.Fit(variable);
        AssertRows(odd.Select(c => embedder.Embed(c)), onVariable.Transform(variable), "Embedding");
    }

    [Theory]
    [InlineData("Waveform")]
    [InlineData("waveform")]
    [InlineData("embedding")]
    [InlineData("patch_embeddings")]
    [InlineData("clip_statistics")]
    [InlineData("log_mel")]
    [InlineData("Two words, π")]
    public void The_output_column_can_have_any_name(string name)
    {
        var clip = TestModel.Sound(1);
        var data = Waveforms([clip]);
        using var transformer = _ml.Transforms.ApplySoundEmbedding(name, "Waveform", _model).Fit(data);
        using var embedder = new SoundEmbedder(_model);
        AssertRows([embedder.Embed(clip)], transformer.Transform(data), name);
    }

    [Fact]
    public void A_name_that_ML_NET_would_change_is_refused() => Assert.Contains(
        "cannot be called 'x.output'",
        Assert.Throws<ArgumentException>(() => _ml.Transforms.ApplySoundEmbedding("x.output", modelPath: _model)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void One_column_is_added_and_the_promised_schema_is_kept()
    {
        var sound = new LabelledSound(TestModel.WriteSound(_folder.File("a.wav"), 1), "dog");
        var clip = TestModel.Sound(1);
        Check("SoundPath", _ml.Data.LoadFromSounds([sound, sound]));
        Check("Waveform", Waveforms([clip, clip]));
        Check("Waveform", Waveforms([clip, clip], clip.Length));

        void Check(string input, IDataView data)
        {
            var estimator = _ml.Transforms.ApplySoundEmbedding(inputColumnName: input, modelPath: _model);
            using var transformer = estimator.Fit(data);
            var schema = transformer.GetOutputSchema(data.Schema);
            Assert.Equal([.. data.Schema.Select(c => c.Name), "Features"], schema.Select(c => c.Name));
            Assert.All(schema, c => Assert.False(c.IsHidden));
            var added = Assert.IsType<VectorDataViewType>(schema["Features"].Type);
            Assert.Equal((TestModel.EmbeddingSize, NumberDataViewType.Single), (added.Size, added.ItemType));
            Assert.True(transformer.IsRowToRowMapper);

            // A chain asks for the promise first: a component that needs a vector of known size would refuse another one.
            using var chain = estimator.Append(_ml.Transforms.ProjectToPrincipalComponents("Small", "Features", rank: 1, overSampling: 1)).Fit(data);
            Assert.Contains("Small", chain.GetOutputSchema(data.Schema).Select(c => c.Name));
        }
    }

    [Fact]
    public void An_input_column_that_cannot_be_used_is_named_at_Fit_before_any_row_is_read()
    {
        var data = _ml.Data.LoadFromEnumerable(Unreadable());
        Refused("Sounds", "The column 'Sounds' is missing");
        Refused("Number", "The column 'Number' is of type Single");
        Refused("Doubles", "The column 'Doubles' is of type");
        Refused("Words", "The column 'Words' is of type");
        Refused("Key", "The column 'Key' is of type");

        void Refused(string column, string expected)
        {
            var embedding = _ml.Transforms.ApplySoundEmbedding(inputColumnName: column, modelPath: _model);
            // On its own, where Fit sees the data's schema, and as a link of a chain, which asks beforehand.
            foreach (var pipeline in new IEstimator<ITransformer>[] { embedding, embedding.Append(_ml.Transforms.NormalizeMinMax("Features")) })
            {
                var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Fit(data));
                Assert.Contains(expected, error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
        }

        static IEnumerable<OddRow> Unreadable()
        {
            throw new InvalidOperationException("a row was read");
#pragma warning disable CS0162 // An iterator needs a yield.
            yield break;
#pragma warning restore CS0162
        }
    }

    [Fact]
    public void A_sound_that_cannot_be_read_stops_the_pipeline_and_is_named()
    {
        var text = _folder.File("text.wav");
        File.WriteAllText(text, "no sound at all, just words in a file of another name");
        foreach (var path in new[] { text, _folder.File("missing.wav") })
        {
            var data = _ml.Data.LoadFromSounds([new(path, "dog")]);
            using var transformer = _ml.Transforms.ApplySoundEmbedding(modelPath: _model).Fit(data);
            var error = Assert.ThrowsAny<Exception>(() => transformer.Transform(data).GetColumn<float[]>("Features").ToArray());
            Assert.Contains(path, error.GetBaseException().Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_that_is_none_of_ours_is_refused_where_the_pipeline_is_written()
    {
        var path = _folder.File("other.onnx");
        File.WriteAllText(path, "words");
        Assert.Contains(
            path,
            Assert.ThrowsAny<Onnx.OnnxModelException>(() => _ml.Transforms.ApplySoundEmbedding(modelPath: path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_frees_the_models_file_and_refuses_further_use()
    {
        var data = Waveforms([TestModel.Sound(1)]);
        var chain = _ml.Transforms.ApplySoundEmbedding(inputColumnName: "Waveform", modelPath: _model)
            .Append(_ml.Transforms.NormalizeMeanVariance("Features")).Fit(data);
        var transformer = Assert.IsType<SoundEmbeddingTransformer>(chain.First());
        Assert.True(File.Exists(transformer.ModelFile));
        chain.Dispose();
        transformer.Dispose();
        Assert.False(File.Exists(transformer.ModelFile));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(data));
    }

    [Fact]
    public void What_is_not_disposed_of_goes_with_its_last_holder()
    {
        var file = FitAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(File.Exists(file));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        string FitAndForget()
        {
            var file = _ml.Transforms.ApplySoundEmbedding(inputColumnName: "Waveform", modelPath: _model).Fit(Waveforms([[]])).ModelFile;
            Assert.True(File.Exists(file));
            return file;
        }
    }

    private static void AssertRows(IEnumerable<float[]> expected, IDataView actual, string column)
    {
        var rows = actual.GetColumn<float[]>(column).ToArray();
        Assert.Equal(expected.Count(), rows.Length);
        Assert.All(expected.Zip(rows), pair => Assert.Equal(pair.First, pair.Second));
    }

    private IDataView Waveforms(float[][] clips, int? size = null)
    {
        var schema = SchemaDefinition.Create(typeof(WaveformRow));
        if (size is { } known) schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, known);
        return _ml.Data.LoadFromEnumerable(clips.Select(c => new WaveformRow { Waveform = c }), schema);
    }

    private sealed class WaveformRow
    {
        public float[] Waveform { get; set; } = [];
    }

    private sealed class OddRow
    {
        public float Number { get; set; }

        public double[] Doubles { get; set; } = [];

        public string[] Words { get; set; } = [];

        [KeyType(10)]
        public uint Key { get; set; }
    }
}
