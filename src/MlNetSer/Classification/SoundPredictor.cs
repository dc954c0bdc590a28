using System.Numerics.Tensors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// Predicts the labels of sounds directly, without ML.NET, by a sound classifier's ONNX file. Each call runs on the thread that makes it; call
/// from several threads, or use <see cref="PredictFiles"/>, to use several cores. Memory does not grow with a sound's length beyond
/// the waveform itself, and <see cref="PredictFile"/> does not hold a long one either.
/// </summary>
/// <remarks>
/// All members are thread-safe, <see cref="Dispose"/> too: calls under way finish, later ones throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class SoundPredictor : IDisposable
{
    private readonly PatchModel _model;

    /// <summary>Opens a sound classifier.</summary>
    /// <param name="modelPath">Its ONNX file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxModelException">The file is no sound classifier; the message says why.</exception>
    public SoundPredictor(string modelPath)
        : this(SoundModelFile.Load(modelPath))
    {
    }

    /// <summary>Opens a sound classifier that lies in memory.</summary>
    /// <param name="model">The bytes of its ONNX file.</param>
    /// <exception cref="OnnxModelException">The bytes are no sound classifier; the message says why.</exception>
    public SoundPredictor(byte[] model)
        : this(SoundModelFile.Load(model))
    {
    }

    private SoundPredictor(SoundModelFile model) => _model = new(
        model.RequireLabels(), SoundClassifierGraph.Probabilities, SoundClassifierGraph.PatchProbabilities, model.Info.Labels.Count, ClipPooling.Mean);

    /// <summary>Told of files that cannot be read while many are worked on (warnings), and how long that took; left out, nobody is.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>What the model says about itself.</summary>
    public SoundModelInfo Info => _model.Info;

    /// <summary>The labels that it knows, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Labels => Info.Labels;

    /// <summary>Samples a second that waveforms must have, in Hz.</summary>
    public int SampleRate => Info.LogMel.SampleRate;

    /// <summary>Predicts the label of a clip.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public SoundPrediction Predict(ReadOnlySpan<float> waveform, CancellationToken cancellationToken = default)
    {
        var probabilities = new float[Labels.Count];
        _model.Clip(waveform, probabilities, cancellationToken);
        return Predicted(probabilities);
    }

    /// <summary>Predicts the label of each patch of about a second.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One prediction per patch in order of time, as <see cref="SoundEmbedder.EmbedPatches"/> has them.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public IReadOnlyList<SoundPrediction> PredictPatches(ReadOnlySpan<float> waveform, CancellationToken cancellationToken = default) =>
        [.. _model.Patches(waveform, cancellationToken).Select(Predicted)];

    /// <summary>Predicts labels over time, of patches of about a second at a hop of your choice.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="hopMilliseconds">
    /// From one patch to the next, rounded to whole frames of 10 ms; the work grows with its inverse. The model's own hop, that of
    /// <see cref="PredictPatches"/>, is about 500.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>In order of time, without gaps, from the beginning to the end of the sound. For events, see <see cref="SoundEvents"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The hop is not above 0.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public IReadOnlyList<TimelinePrediction> PredictTimeline(
        ReadOnlySpan<float> waveform, double hopMilliseconds = 500, CancellationToken cancellationToken = default)
    {
        var hop = HopFrames(hopMilliseconds);
        var samples = waveform.Length;
        long[] starts = [.. PatchTimes.Starts(Info.LogMel, samples, hop)];
        return [.. starts.Zip(_model.PatchesAt(waveform, starts, cancellationToken), (start, probabilities) => OverTime(start, probabilities, samples, hop))];
    }

    /// <summary>
    /// Predicts labels over time as <see cref="PredictTimeline"/> does, from a sound file of any length: it is read twice and never lies in memory
    /// whole, and neither does the result.
    /// </summary>
    /// <param name="path">The file, in any format and at any rate that <see cref="Audio.SoundFile"/> reads.</param>
    /// <param name="hopMilliseconds">From one patch to the next, rounded to whole frames of 10 ms.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>In order of time, computed while the caller asks for them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The hop is not above 0.</exception>
    /// <exception cref="FileNotFoundException">While results are asked for: there is no such file.</exception>
    /// <exception cref="Audio.SoundFileException">While results are asked for: it is no sound file, or one that cannot be read.</exception>
    /// <exception cref="OperationCanceledException">While results are asked for: the work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">While results are asked for: the predictor was disposed of.</exception>
    public IEnumerable<TimelinePrediction> PredictFileTimeline(string path, double hopMilliseconds = 500, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var hop = HopFrames(hopMilliseconds);
        return _model.PatchesAtOf(path, hop, cancellationToken).Select(patch => OverTime(patch.Start, patch.Vector, patch.Samples, hop));
    }

    /// <summary>Reads a sound file and predicts its label. A recording of more than two minutes is read twice and never lies in memory whole.</summary>
    /// <param name="path">The file, in any format and at any rate that <see cref="Audio.SoundFile"/> reads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Audio.SoundFileException">It is no sound file, or one that cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public SoundPrediction PredictFile(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Predicted(_model.ClipOf(path, cancellationToken));
    }

    /// <summary>
    /// Predicts the labels of many files on several threads. Results come in the order of <paramref name="paths"/>, a few files ahead of
    /// the caller, so that memory stays flat however many there are. A file that cannot be read gives a result with an error.
    /// </summary>
    /// <param name="paths">Sound files.</param>
    /// <param name="threads">How many files to work on at once; 0 for the number of processors.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One result per file, computed while the caller asks for them.</returns>
    /// <exception cref="OperationCanceledException">While results are asked for: the work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">While results are asked for: the predictor was disposed of.</exception>
    public IEnumerable<SoundFilePrediction> PredictFiles(
        IReadOnlyList<string> paths, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Logger.Watch(FileFeatures.Compute(paths, _model.ClipOf, threads, cancellationToken))
            .Select(f => new SoundFilePrediction(f.Path, f.Vector is null ? null : Predicted(f.Vector), f.Error));
    }

    /// <summary>Frees ONNX Runtime's session once the calls under way are done.</summary>
    public void Dispose() => _model.Dispose();

    private SoundPrediction Predicted(float[] probabilities) =>
        new(Labels[TensorPrimitives.IndexOfMax<float>(probabilities)], probabilities);

    private TimelinePrediction OverTime(long start, float[] probabilities, long samples, int hopFrames)
    {
        var (onset, offset) = PatchTimes.Stretch(Info.LogMel, samples, hopFrames, start);
        return new(onset, offset, Predicted(probabilities));
    }

    private int HopFrames(double milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(milliseconds);
        return PatchTimes.Frames(Info.LogMel, milliseconds);
    }
}
