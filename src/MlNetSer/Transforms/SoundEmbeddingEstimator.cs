using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

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

    internal SoundEmbeddingEstimator(TransformsCatalog catalog, SoundEmbeddingOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.InputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        if (options.OutputColumnName.EndsWith(".output", StringComparison.Ordinal))
            throw new ArgumentException($"The output column cannot be called '{options.OutputColumnName}': ML.NET cuts '.output' off.", nameof(options));
        _catalog = catalog;
        _options = options;
        _model = SoundModelFile.Load(options.ModelPath ?? SoundModels.Default);
    }

    private enum SoundColumn
    {
        Path,
        FixedWaveform,
        Waveform,
    }

    /// <summary>Opens the model for the input column's type. No row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <returns>The transformer. Dispose of it, or of the pipeline that holds it, to free ONNX Runtime's session.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SoundEmbeddingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var type = input.Schema.GetColumnOrNull(_options.InputColumnName)?.Type;
        var column = type switch
        {
            null => throw Missing(),
            TextDataViewType => SoundColumn.Path,
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Single =>
                vector.IsKnownSize ? SoundColumn.FixedWaveform : SoundColumn.Waveform,
            _ => throw WrongType(type.ToString()!),
        };
        // An ONNX model cannot have an input and an output of the same name.
        var inPlace = column == SoundColumn.Waveform && _options.InputColumnName == _options.OutputColumnName;
        var modelInput = column == SoundColumn.Waveform && !inPlace ? _options.InputColumnName : WaveformOutput.WaveformColumn;
        var file = TemporaryModelFile.Write(_model.Between(modelInput, _options.OutputColumnName));
        try
        {
            return new(Compose(column, inPlace, Onnx(modelInput, file.Path)).Fit(input), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The columns that the transformer will give.</summary>
    /// <param name="inputSchema">The columns that it will be given.</param>
    /// <returns><paramref name="inputSchema"/> with the embedding column in addition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or neither text nor a vector of float.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = inputSchema.FirstOrDefault(c => c.Name == _options.InputColumnName);
        if (column.Name is null) throw Missing();
        var scalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (column.IsKey || (scalar ? column.ItemType is not TextDataViewType : column.ItemType != NumberDataViewType.Single))
            throw WrongType($"{(column.IsKey ? "key of " : "")}{column.ItemType}{(scalar ? "" : $" ({column.Kind})")}");

        // Schema shapes can only be made by estimators. A mapping that is never run adds the column without opening the model.
        var added = SchemaDefinition.Create(typeof(EmbeddingColumn));
        added[0].ColumnName = _options.OutputColumnName;
        added[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _model.Info.EmbeddingSize);
        return _catalog.CustomMapping<NoColumns, EmbeddingColumn>((_, _) => { }, null, null, added).GetOutputSchema(inputSchema);
    }

    private IEstimator<ITransformer> Compose(SoundColumn column, bool inPlace, OnnxScoringEstimator onnx) => column switch
    {
        SoundColumn.Path => _catalog.CopyColumns(SoundFileInput.PathColumn, _options.InputColumnName)
            .Append(_catalog.Expression(
                SoundFileInput.ReadingColumn, $"(x) : \"{new SoundReading(_model.Info.LogMel.SampleRate)}\"", SoundFileInput.PathColumn))
            .Append(_catalog.CustomMapping(new SoundFileMapping().GetMapping(), SoundFileMapping.Contract))
            .Append(onnx)
            .Append(_catalog.DropColumns(SoundFileInput.PathColumn, SoundFileInput.ReadingColumn, WaveformOutput.WaveformColumn)),
        SoundColumn.FixedWaveform => _catalog.CopyColumns(FixedWaveformInput.WaveformColumn, _options.InputColumnName)
            .Append(_catalog.CustomMapping(new FixedWaveformMapping().GetMapping(), FixedWaveformMapping.Contract))
            .Append(onnx)
            .Append(_catalog.DropColumns(FixedWaveformInput.WaveformColumn, WaveformOutput.WaveformColumn)),
        _ when inPlace => _catalog.CopyColumns(WaveformOutput.WaveformColumn, _options.InputColumnName)
            .Append(onnx)
            .Append(_catalog.DropColumns(WaveformOutput.WaveformColumn)),
        _ => onnx,
    };

    private OnnxScoringEstimator Onnx(string modelInput, string path) => _catalog.ApplyOnnxModel(new OnnxOptions
    {
        ModelFile = path,
        InputColumns = [modelInput],
        OutputColumns = [_options.OutputColumnName],
        GpuDeviceId = _options.GpuDeviceId,
        FallbackToCpu = _options.FallbackToCpu,
        // ML.NET reads rows by several threads already, and ONNX Runtime's own spin while they wait: ten times slower on a busy machine.
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
    });

    private ArgumentOutOfRangeException Missing() =>
        new(null, $"The column '{_options.InputColumnName}' is missing: ApplySoundEmbedding needs the sounds in it.");

    private ArgumentOutOfRangeException WrongType(string found) => new(
        null,
        $"The column '{_options.InputColumnName}' is of type {found}: ApplySoundEmbedding expects text (the path of a sound file) or a vector "
        + $"of Single (a waveform at {_model.Info.LogMel.SampleRate} Hz).");

    private sealed class NoColumns;

    private sealed class EmbeddingColumn
    {
        public VBuffer<float> Embedding { get; set; }
    }
}
