using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Pipelines that are trained, saved, and loaded by processes that know nothing about them, without the ONNX file.</summary>
public sealed class SavedPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pipeline_over_paths_loads_in_a_process_that_only_references_the_library()
    {
        var sounds = WriteSounds();
        var saved = TrainAndSave(SoundPipelines.Linear(_ml, new() { ModelPath = WriteModel() }), _ml.Data.LoadFromSounds(sounds));
        AssertSame(saved, RunHost("MlNetSer.LoadHost", saved.Path, "paths", [.. sounds.Select(s => s.Path)]));
    }

    [Fact]
    public void A_pipeline_over_waveforms_of_fixed_size_loads_in_a_process_that_only_references_the_library()
    {
        var saved = TrainOnWaveforms(size: 22050);
        AssertSame(saved, RunHost("MlNetSer.LoadHost", saved.Path, "waveforms", WriteWaveforms()));
    }

    [Theory]
    [InlineData("MlNetSer.LoadHost")]
    [InlineData("MlNetSer.PlainLoadHost")]
    public void A_pipeline_over_waveforms_of_variable_size_loads_even_without_the_library(string host)
    {
        var saved = TrainOnWaveforms(size: null);
        AssertSame(saved, RunHost(host, saved.Path, "waveforms", WriteWaveforms()));
    }

    [Fact]
    public void A_loaded_pipeline_is_saved_again_and_frees_its_sessions()
    {
        var sounds = WriteSounds();
        var data = _ml.Data.LoadFromSounds(sounds);
        var saved = TrainAndSave(SoundPipelines.Linear(_ml, new() { ModelPath = WriteModel() }), data);
        var again = _folder.File("again.zip");
        var other = new MLContext();
        var loaded = other.Model.Load(saved.Path, out var schema);
        other.Model.Save(loaded, schema, again);
        Assert.IsAssignableFrom<IDisposable>(loaded).Dispose();
        AssertSame(saved, RunHost("MlNetSer.LoadHost", again, "paths", [.. sounds.Select(s => s.Path)]));
    }

    private static void AssertSame(Saved saved, string[] lines)
    {
        Assert.Equal(saved.Embeddings.Length, lines.Length);
        foreach (var (line, label, embedding) in lines.Zip(saved.Labels, saved.Embeddings))
        {
            var words = line.Split(' ');
            Assert.Equal(label, words[0]);
            SoundEmbedderTests.AssertClose(embedding, words[1..].Select(w => float.Parse(w, null)), SoundEmbedderTests.Tolerance);
        }
    }

    private static string[] RunHost(string name, params string[] arguments)
    {
        // Whatever the layout of the output folders, the host lies where these tests do, but for the name.
        var host = Path.Combine(AppContext.BaseDirectory.Replace(typeof(SavedPipelineTests).Assembly.GetName().Name!, name, StringComparison.Ordinal), $"{name}.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [host, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return lines;
    }

    private static string[] RunHost(string name, string zip, string kind, string[] files) =>
        RunHost(name, [zip, "Features", kind, .. files]);

    private Saved TrainOnWaveforms(int? size)
    {
        var schema = SchemaDefinition.Create(typeof(WaveformRow));
        if (size is { } known) schema["Waveform"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, known);
        var rows = Enumerable.Range(0, 8).Select(i => new WaveformRow { Waveform = TestModel.Sound(1, i), Label = Label(i) });
        var pipeline = SoundPipelines.Linear(_ml, new() { ModelPath = WriteModel(), InputColumnName = "Waveform" });
        return TrainAndSave(pipeline, _ml.Data.LoadFromEnumerable(rows, schema));
    }

    private Saved TrainAndSave(EstimatorChain<ITransformer> pipeline, IDataView data)
    {
        var path = _folder.File("pipeline.zip");
        var model = pipeline.Fit(data);
        _ml.Model.Save(model, data.Schema, path);
        var scored = model.Transform(data);
        Saved saved = new(path, [.. scored.GetColumn<string>("PredictedLabel")], [.. scored.GetColumn<float[]>("Features")]);
        Assert.Equal(2, saved.Labels.Distinct().Count());
        var loaded = _ml.Model.Load(path, out var schema);
        Assert.Equal(TypesOf(loaded.GetOutputSchema(schema)), TypesOf(model.GetOutputSchema(data.Schema)));
        Assert.IsAssignableFrom<IDisposable>(loaded).Dispose();
        Assert.IsAssignableFrom<IDisposable>(model).Dispose();
        File.Delete(_folder.File("model.onnx"));
        return saved;
    }

    // What a trainer was fitted to must be what it meets in another process, shape and all.
    private static IEnumerable<(string, DataViewType)> TypesOf(DataViewSchema schema) => schema.Where(c => !c.IsHidden).Select(c => (c.Name, c.Type));

    private string WriteModel() => TestModel.Write(_folder.File("model.onnx"));

    private LabelledSound[] WriteSounds() =>
        [.. Enumerable.Range(0, 8).Select(i => new LabelledSound(TestModel.WriteSound(_folder.File($"{i}.wav"), 1 + (0.2 * i), i), Label(i)))];

    private string[] WriteWaveforms() => [.. Enumerable.Range(0, 8).Select(i =>
    {
        var path = _folder.File($"{i}.f32");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(TestModel.Sound(1, i).AsSpan()));
        return path;
    })];

    private static string Label(int i) => i % 2 == 0 ? "even" : "odd";

    private sealed record Saved(string Path, string[] Labels, float[][] Embeddings);

    private sealed class WaveformRow
    {
        public float[] Waveform { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
