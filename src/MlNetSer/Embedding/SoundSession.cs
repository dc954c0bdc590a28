using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// An ONNX Runtime session from a waveform to float tensors. Several threads may run it at once; each run takes the thread that asks for
/// it. Freeing it waits for the runs under way, which would otherwise crash the process.
/// </summary>
internal sealed class SoundSession : SafeHandle
{
    /// <summary>Fed for a waveform that is the whole clip: a negative peak says that the graph is to measure it.</summary>
    private static readonly float[] s_unknown = [0, -1];

    private readonly KernelSession _session;
    private volatile bool _disposed;

    /// <summary>Opens a session.</summary>
    /// <param name="model">A model that begins with the log-mel front end. It is not changed.</param>
    /// <param name="settings">The front end's settings.</param>
    public SoundSession(OnnxModel model, LogMelSettings settings)
        : base(0, ownsHandle: true)
    {
        model = model.Clone();
        model.MakeInput(LogMelFrontEnd.Statistics);
        // It asks for none of them, and a checksum would be computed.
        model.Metadata.Clear();
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // A pattern would be kept for each length of input, and clips come in any length.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new(model, options, settings);
        SetHandle(1);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Runs the model.</summary>
    /// <typeparam name="TResult">What <paramref name="read"/> makes of the output.</typeparam>
    /// <param name="waveform">Samples of a clip, or of a part of a recording.</param>
    /// <param name="statistics">Those of the whole recording, or empty if the waveform is the whole.</param>
    /// <param name="outputName">The output to compute.</param>
    /// <param name="read">Reads the output, which is gone afterwards.</param>
    /// <param name="cancellation">Ends the run, which does not finish more than the operator that it is at.</param>
    /// <returns>What was read.</returns>
    public TResult Run<TResult>(
        ReadOnlySpan<float> waveform,
        ReadOnlySpan<float> statistics,
        string outputName,
        Func<OrtValue, TResult> read,
        CancellationToken cancellation = default) =>
        Run(waveform, statistics, [outputName], outputs => read(outputs[0]), cancellation);

    /// <summary>The same for several outputs of one run.</summary>
    public TResult Run<TResult>(
        ReadOnlySpan<float> waveform,
        ReadOnlySpan<float> statistics,
        string[] outputNames,
        Func<IReadOnlyList<OrtValue>, TResult> read,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        // The handle itself would go on serving for as long as calls overlap.
        ObjectDisposedException.ThrowIf(_disposed, typeof(SoundEmbedder));
        var held = false;
        DangerousAddRef(ref held);
        try
        {
            // What goes wrong is thrown, and a run that is ended by its caller is nothing to write to the console about.
            using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var stop = cancellation.Register(() => run.Terminate = true);
            using var samples = Tensor(waveform, [1, waveform.Length]);
            using var whole = Tensor(statistics.IsEmpty ? s_unknown : statistics, [s_unknown.Length]);
            using var outputs = _session.Session.Run(run, [LogMelFrontEnd.Waveform, LogMelFrontEnd.Statistics], [samples, whole], outputNames);
            return read(outputs);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            if (held) DangerousRelease();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        _session.Dispose();
        return true;
    }

    private static OrtValue Tensor(ReadOnlySpan<float> values, long[] shape)
    {
        var tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
        values.CopyTo(tensor.GetTensorMutableDataAsSpan<float>());
        return tensor;
    }
}
