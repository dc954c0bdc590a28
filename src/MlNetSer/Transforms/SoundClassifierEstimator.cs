using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>
/// Turns a column of sounds into their labels and the labels' probabilities; made by
/// <see cref="SoundClassifierCatalog.ApplySoundClassifier(TransformsCatalog, string, string, string, string)"/>. It is composed of ML.NET's own
/// transforms, so that what it makes can be saved and loaded. Thread-safe.
/// </summary>
public sealed class SoundClassifierEstimator : IEstimator<SoundClassifierTransformer>
{
    private const string UnwantedEmbedding = "MlNetSer.Embedding";

    private readonly TransformsCatalog _catalog;
    private readonly SoundClassifierOptions _options;
    private readonly SoundModelFile _model;
    private readonly SoundModelPipeline _pipeline;

    internal SoundClassifierEstimator(TransformsCatalog catalog, SoundClassifierOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.ModelPath);
        ArgumentException.ThrowIfNullOrEmpty(options.InputColumnName);
        string[] added = [options.PredictedLabelColumnName, options.ScoreColumnName, .. options.EmbeddingColumnName is { } e ? [e] : Array.Empty<string>()];
        foreach (var name in added) SoundModelPipeline.CheckOutputColumn(name);
        if (added.Distinct().Count() < added.Length)
            throw new ArgumentException($"The columns that are added need different names: {string.Join(", ", added)}.", nameof(options));
        _catalog = catalog;
        _options = options;
        _model = SoundModelFile.Load(options.ModelPath).RequireLabels();
        _pipeline = new(catalog, nameof(SoundClassifierCatalog.ApplySoundClassifier), options.InputColumnName, _model)
        {
            OutputColumns = [options.ScoreColumnName, LabelOutput.LabelColumn, .. options.EmbeddingColumnName is { } column ? [column] : Array.Empty<string>()],
            GpuDeviceId = options.GpuDeviceId,
            FallbackToCpu = options.FallbackToCpu,
        };
    }

    /// <summary>The labels that it knows, in the order of the scores.</summary>
    public IReadOnlyList<string> Labels => _model.Info.Labels;

    /// <summary>Opens the model for the input column's type. No row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <returns>The transformer. Dispose of it, or of the pipeline that holds it, to free ONNX Runtime's session.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SoundClassifierTransformer Fit(IDataView input) => new(_pipeline.Fit(
        input,
        waveform => _model.WithLabels(
            waveform, _options.ScoreColumnName, LabelOutput.LabelColumn, _options.EmbeddingColumnName ?? UnwantedEmbedding),
        model => model
            .Append(_catalog.CustomMapping(new LabelMapping().GetMapping(), LabelMapping.Contract))
            .Append(_catalog.CopyColumns(_options.PredictedLabelColumnName, LabelText.LabelColumn))
            .Append(_catalog.DropColumns(LabelOutput.LabelColumn, LabelText.LabelColumn))));

    /// <summary>The columns that the transformer will give.</summary>
    /// <param name="inputSchema">The columns that it will be given.</param>
    /// <returns><paramref name="inputSchema"/> with the added columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _pipeline.Check(inputSchema);
        // Schema shapes can only be made by estimators. A mapping that is never run adds the columns without opening the model.
        var added = SchemaDefinition.Create(typeof(ClassifierColumns));
        var (label, score, embedding) = (
            added[nameof(ClassifierColumns.PredictedLabel)], added[nameof(ClassifierColumns.Score)], added[nameof(ClassifierColumns.Embedding)]);
        label.ColumnName = _options.PredictedLabelColumnName;
        score.ColumnName = _options.ScoreColumnName;
        score.ColumnType = new VectorDataViewType(NumberDataViewType.Single, Labels.Count);
        var names = new VBuffer<ReadOnlyMemory<char>>(Labels.Count, [.. Labels.Select(l => l.AsMemory())]);
        score.AddAnnotation("SlotNames", names, new VectorDataViewType(TextDataViewType.Instance, Labels.Count));
        embedding.ColumnName = _options.EmbeddingColumnName ?? UnwantedEmbedding;
        embedding.ColumnType = new VectorDataViewType(NumberDataViewType.Single, _model.Info.EmbeddingSize);
        if (_options.EmbeddingColumnName is null) added.Remove(embedding);
        return _catalog.CustomMapping<NoColumns, ClassifierColumns>((_, _) => { }, null, null, added).GetOutputSchema(inputSchema);
    }

    private sealed class ClassifierColumns
    {
        public ReadOnlyMemory<char> PredictedLabel { get; set; }

        public VBuffer<float> Score { get; set; }

        public VBuffer<float> Embedding { get; set; }
    }
}
