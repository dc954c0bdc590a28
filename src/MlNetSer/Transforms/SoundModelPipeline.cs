using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Onnx;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>From a column of sounds, as paths or as waveforms, through an ONNX model to columns of what it gives, by ML.NET's own transforms.</summary>
/// <param name="catalog">The transforms of the context.</param>
/// <param name="verb">What the user called, for messages.</param>
/// <param name="inputColumnName">The column with the sounds.</param>
/// <param name="source">The model that the user named.</param>
internal sealed class SoundModelPipeline(TransformsCatalog catalog, string verb, string inputColumnName, SoundModelFile source)
{
    private enum SoundColumn
    {
        Path,
        FixedWaveform,
        Waveform,
    }

    /// <summary>The columns that the model gives and that are added.</summary>
    public required string[] OutputColumns { get; init; }

    /// <summary>What computes the model's columns from a waveform column in this process, in place of ML.NET's ONNX transform; null if that is to do it.</summary>
    public Func<string, IEstimator<ITransformer>>? Direct { get; init; }

    public SoundErrors OnError { get; init; }

    public int? GpuDeviceId { get; init; }

    public bool FallbackToCpu { get; init; }

    /// <summary>Refuses names that ML.NET would change.</summary>
    public static void CheckOutputColumn(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.EndsWith(".output", StringComparison.Ordinal))
            throw new ArgumentException($"The output column cannot be called '{name}': ML.NET cuts '.output' off.", nameof(name));
    }

    /// <summary>Fits the transforms for the input column's type. No row is read.</summary>
    /// <param name="input">Data with the input column.</param>
    /// <param name="model">The model, its input renamed to what is given and its outputs to <see cref="OutputColumns"/>.</param>
    /// <param name="after">What follows the model.</param>
    public FittedSoundModel Fit(
        IDataView input, Func<string, OnnxModel> model, Func<IEstimator<ITransformer>, IEstimator<ITransformer>> after)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = ColumnOf(input.Schema.GetColumnOrNull(inputColumnName)?.Type);
        // An ONNX model cannot have an input and an output of the same name.
        var inPlace = column == SoundColumn.Waveform && OutputColumns.Contains(inputColumnName);
        var modelInput = column == SoundColumn.Waveform && !inPlace ? inputColumnName : WaveformOutput.WaveformColumn;
        var file = TemporaryModelFile.Write(model(modelInput));
        try
        {
            var saved = Fitted(Onnx(modelInput, file.Path));
            return new(saved, Direct is null ? saved : Fitted(Direct(modelInput)), file);
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is OnnxRuntimeException || e.InnerException is OnnxRuntimeException) throw source.Refused(e.InnerException ?? e);
            throw;
        }

        ITransformer Fitted(IEstimator<ITransformer> computing) => after(Compose(column, inPlace, computing)).Fit(input);
    }

    /// <summary>Checks the input column of a schema that is not known as exactly as data are.</summary>
    public void Check(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = inputSchema.FirstOrDefault(c => c.Name == inputColumnName);
        if (column.Name is null) throw Missing();
        var scalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (column.IsKey || (scalar ? column.ItemType is not TextDataViewType : column.ItemType != NumberDataViewType.Single))
            throw WrongType($"{(column.IsKey ? "key of " : "")}{column.ItemType}{(scalar ? "" : $" ({column.Kind})")}");
    }

    private SoundColumn ColumnOf(DataViewType? type) => type switch
    {
        null => throw Missing(),
        TextDataViewType => SoundColumn.Path,
        VectorDataViewType vector when vector.ItemType == NumberDataViewType.Single =>
            vector.IsKnownSize ? SoundColumn.FixedWaveform : SoundColumn.Waveform,
        _ => throw WrongType(type.ToString()!),
    };

    private IEstimator<ITransformer> Compose(SoundColumn column, bool inPlace, IEstimator<ITransformer> model) => column switch
    {
        SoundColumn.Path => catalog.CopyColumns(SoundFileInput.PathColumn, inputColumnName)
            .Append(catalog.Expression(SoundFileInput.ReadingColumn, $"(x) : \"{new SoundReading(source.Info.LogMel.SampleRate, OnError)}\"", SoundFileInput.PathColumn))
            .Append(catalog.CustomMapping(new SoundFileMapping().GetMapping(), SoundFileMapping.Contract))
            .Append(model)
            .Append(catalog.DropColumns(SoundFileInput.PathColumn, SoundFileInput.ReadingColumn, WaveformOutput.WaveformColumn)),
        SoundColumn.FixedWaveform => catalog.CopyColumns(FixedWaveformInput.WaveformColumn, inputColumnName)
            .Append(catalog.CustomMapping(new FixedWaveformMapping().GetMapping(), FixedWaveformMapping.Contract))
            .Append(model)
            .Append(catalog.DropColumns(FixedWaveformInput.WaveformColumn, WaveformOutput.WaveformColumn)),
        _ when inPlace => catalog.CopyColumns(WaveformOutput.WaveformColumn, inputColumnName)
            .Append(model)
            .Append(catalog.DropColumns(WaveformOutput.WaveformColumn)),
        _ => model,
    };

    private OnnxScoringEstimator Onnx(string modelInput, string path) => catalog.ApplyOnnxModel(new OnnxOptions
    {
        ModelFile = path,
        InputColumns = [modelInput],
        OutputColumns = OutputColumns,
        GpuDeviceId = GpuDeviceId,
        FallbackToCpu = FallbackToCpu,
        // ML.NET reads rows by several threads already, and ONNX Runtime's own spin while they wait: ten times slower on a busy machine.
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
    });

    private ArgumentOutOfRangeException Missing() =>
        new(null, $"The column '{inputColumnName}' is missing: {verb} needs the sounds in it.");

    private ArgumentOutOfRangeException WrongType(string found) => new(
        null,
        $"The column '{inputColumnName}' is of type {found}: {verb} expects text (the path of a sound file) or a vector "
        + $"of Single (a waveform at {source.Info.LogMel.SampleRate} Hz).");
}

/// <summary>Transforms that a sound model was fitted with.</summary>
/// <param name="Saved">ML.NET's own, to be saved.</param>
/// <param name="Running">Those that compute in this process.</param>
/// <param name="File">The file that <paramref name="Saved"/> was made from.</param>
internal sealed record FittedSoundModel(ITransformer Saved, ITransformer Running, TemporaryModelFile File) : IDisposable
{
    /// <summary>What <see cref="Running"/> computes with, if that is not its own.</summary>
    public IDisposable? Session { get; init; }

    /// <summary>Frees sessions and the file.</summary>
    public void Dispose()
    {
        (Saved as IDisposable)?.Dispose();
        if (Running != Saved) (Running as IDisposable)?.Dispose();
        Session?.Dispose();
        File.Dispose();
    }
}

/// <summary>For schemas to which an estimator adds columns without reading any.</summary>
internal sealed class NoColumns;
