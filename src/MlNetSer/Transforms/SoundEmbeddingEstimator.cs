using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>
/// Turns a column of sounds into a column of embeddings; made by
/// <see cref="SoundEmbeddingCatalog.ApplySoundEmbedding(TransformsCatalog, string, string, string?)"/>. It is composed of ML.NET's own
/// transforms, so that what it makes can be saved and loaded. Thread-safe.
/// </summary>
public sealed class SoundEmbeddingEstimator : IEstimator<SoundEmbeddingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly SoundEmbeddingOptions _options;
    private readonly SoundModelFile _model;
    private readonly SoundModelPipeline _pipeline;

    internal SoundEmbeddingEstimator(TransformsCatalog catalog, SoundEmbeddingOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.InputColumnName);
        SoundModelPipeline.CheckOutputColumn(options.OutputColumnName);
        _catalog = catalog;
        _options = options;
        _model = SoundModelFile.Load(options.ModelPath ?? SoundModels.Default);
        _pipeline = new(catalog, nameof(SoundEmbeddingCatalog.ApplySoundEmbedding), options.InputColumnName, _model)
        {
            OutputColumns = [options.OutputColumnName],
            OnError = options.OnError,
            GpuDeviceId = options.GpuDeviceId,
            FallbackToCpu = options.FallbackToCpu,
        };
    }

    /// <summary>Opens the model for the input column's type. No row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <returns>The transformer. Dispose of it, or of the pipeline that holds it, to free ONNX Runtime's session.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SoundEmbeddingTransformer Fit(IDataView input)
    {
        var (transformer, file) = _pipeline.Fit(input, waveform => _model.Between(waveform, _options.OutputColumnName, _options.OnError), onnx => onnx);
        return new(transformer, file);
    }

    /// <summary>The columns that the transformer will give.</summary>
    /// <param name="inputSchema">The columns that it will be given.</param>
    /// <returns><paramref name="inputSchema"/> with the embedding column in addition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _pipeline.Check(inputSchema);
        // Schema shapes can only be made by estimators. A mapping that is never run adds the column without opening the model.
        var added = SchemaDefinition.Create(typeof(EmbeddingColumn));
        added[0].ColumnName = _options.OutputColumnName;
        added[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _model.Info.EmbeddingSize);
        return _catalog.CustomMapping<NoColumns, EmbeddingColumn>((_, _) => { }, null, null, added).GetOutputSchema(inputSchema);
    }

    private sealed class EmbeddingColumn
    {
        public VBuffer<float> Embedding { get; set; }
    }
}
