using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetSer;

/// <summary>
/// Turns a column of sounds into a column of embeddings; made by
/// <see cref="SoundEmbeddingCatalog.ApplySoundEmbedding(TransformsCatalog, string, string, string?)"/>. What is saved is
/// composed of ML.NET's own transforms; on the CPU, a <see cref="SoundEmbedder"/> computes as long as it is not. Thread-safe.
/// </summary>
public sealed class SoundEmbeddingEstimator : IEstimator<SoundEmbeddingTransformer>
{
    private readonly TransformsCatalog _catalog;
    private readonly SoundEmbeddingOptions _options;
    private readonly SoundModelFile _model;

    internal SoundEmbeddingEstimator(TransformsCatalog catalog, SoundEmbeddingOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.InputColumnName);
        SoundModelPipeline.CheckOutputColumn(options.OutputColumnName);
        _catalog = catalog;
        _options = options;
        _model = SoundModelFile.Load(options.ModelPath ?? SoundModels.Default);
    }

    /// <summary>Opens the model for the input column's type. No row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <returns>The transformer. Dispose of it, or of the pipeline that holds it, to free ONNX Runtime's session.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SoundEmbeddingTransformer Fit(IDataView input)
    {
        // Kernels are for the CPU.
        var embedder = _options.GpuDeviceId is null ? new SoundEmbedder(_model) : null;
        try
        {
            Func<string, IEstimator<ITransformer>>? direct = embedder is null ? null : waveform => Direct(embedder, waveform);
            var model = Pipeline(direct).Fit(input, waveform => _model.Between(waveform, _options.OutputColumnName, _options.OnError), model => model);
            return new(model with { Session = embedder });
        }
        catch
        {
            embedder?.Dispose();
            throw;
        }
    }

    /// <summary>The columns that the transformer will give.</summary>
    /// <param name="inputSchema">The columns that it will be given.</param>
    /// <returns><paramref name="inputSchema"/> with the embedding column in addition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Pipeline(null).Check(inputSchema);
        // Schema shapes can only be made by estimators. A mapping that is never run adds the column without opening the model.
        return _catalog.CustomMapping<NoColumns, EmbeddingColumn>((_, _) => { }, null, null, Added()).GetOutputSchema(inputSchema);
    }

    private SoundModelPipeline Pipeline(Func<string, IEstimator<ITransformer>>? direct) =>
        new(_catalog, nameof(SoundEmbeddingCatalog.ApplySoundEmbedding), _options.InputColumnName, _model)
        {
            OutputColumns = [_options.OutputColumnName],
            Direct = direct,
            OnError = _options.OnError,
            GpuDeviceId = _options.GpuDeviceId,
            FallbackToCpu = _options.FallbackToCpu,
        };

    /// <summary>A mapping without a contract: it is never saved.</summary>
    private CustomMappingEstimator<WaveformOutput, EmbeddingColumn> Direct(SoundEmbedder embedder, string waveformColumnName)
    {
        var waveform = SchemaDefinition.Create(typeof(WaveformOutput));
        waveform[0].ColumnName = waveformColumnName;
        waveform[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single);
        return _catalog.CustomMapping<WaveformOutput, EmbeddingColumn>(Embed, null, waveform, Added());

        void Embed(WaveformOutput input, EmbeddingColumn output)
        {
            var samples = input.Waveform.IsDense ? input.Waveform.GetValues() : input.Waveform.DenseValues().ToArray();
            var embedding = new float[embedder.EmbeddingSize];
            if (_options.OnError is SoundErrors.Missing && HasGap(samples)) Array.Fill(embedding, float.NaN);
            else embedder.Embed(samples, embedding);
            output.Embedding = new(embedding.Length, embedding);
        }
    }

    private static bool HasGap(ReadOnlySpan<float> samples)
    {
        foreach (var sample in samples)
        {
            if (float.IsNaN(sample)) return true;
        }
        return false;
    }

    private SchemaDefinition Added()
    {
        var added = SchemaDefinition.Create(typeof(EmbeddingColumn));
        added[0].ColumnName = _options.OutputColumnName;
        added[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, _model.Info.EmbeddingSize);
        return added;
    }

    private sealed class EmbeddingColumn
    {
        public VBuffer<float> Embedding { get; set; }
    }
}
