using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>
/// A fitted transform that runs a sound model. Saving it saves the ML.NET transforms that it is made of, the sound model among them:
/// a process that loads a pipeline needs no ONNX file. Thread-safe; data views and prediction engines made from it are as thread-safe as
/// ML.NET's own.
/// </summary>
/// <remarks>
/// A process that loads a saved pipeline must reference this library, and an ONNX Runtime, and call nothing but <c>Model.Load</c>. What it loads
/// is ML.NET's own transforms, whose ONNX sessions use as many threads as ONNX Runtime likes;
/// <c>ml.SetOnnxSessionOption(new OnnxSessionOptions { IntraOpNumThreads = 1 })</c> beforehand gives one thread per row as here, which is far
/// better on a busy machine. ML.NET's prediction engines dispose of their model with themselves, unless
/// <c>PredictionEngineOptions.OwnsTransformer</c> is false.
/// </remarks>
public abstract class SoundModelTransformer : ITransformer, IDisposable
{
    private readonly FittedSoundModel _model;
    private bool _disposed;

    private protected SoundModelTransformer(FittedSoundModel model) => _model = model;

    /// <summary>Always true: what each row gets depends on that row alone.</summary>
    public bool IsRowToRowMapper => true;

    internal string ModelFile => _model.File.Path;

    private FittedSoundModel Model
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _model;
        }
    }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Model.Running.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Model.Running.GetRowToRowMapper(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => Model.Running.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Model.Saved.Save(ctx);

    /// <summary>Frees ONNX Runtime's session. Data views and prediction engines made from this transformer cannot be read any more.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _model.Dispose();
        GC.SuppressFinalize(this);
    }
}
