using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Contrastive pretraining of a sound encoder (the paper's sections 2 and 3.2): every step makes two views of each of N clips and learns to
/// find a view's partner among those of the other clips.
/// </summary>
/// <remarks>
/// The run's folder holds run.json (<see cref="RunDescription"/>), curve.csv, checkpoint.safetensors and sessions.json (when, how long and where it was
/// trained); all are replaced as a whole, so a run may be killed at any time. Randomness follows from the seed, the epoch and the step: a resumed run gives the weights of an uninterrupted
/// one, bit for bit on the same machine with the same number of threads. One run at a time per instance.
/// </remarks>
public sealed class Pretrainer
{
    private readonly IPatchSource _source;
    private readonly string _folder;

    static Pretrainer() => TorchOnnx.TorchRuntime.EnsureLoaded();

    /// <summary>A trainer that learns from a source and keeps its state in a folder.</summary>
    /// <param name="source">The patches. The caller keeps it open and disposes of it.</param>
    /// <param name="runFolder">The run's folder; made if absent.</param>
    public Pretrainer(IPatchSource source, string runFolder)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        (_source, _folder) = (source, runFolder);
    }

    /// <summary>Where to train; the CPU if not set.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Measures the encoder now and then, if set.</summary>
    public PretrainMonitor? Monitor { get; init; }

    /// <summary>Told when it begins, after every epoch and when it ends; left out, nobody is.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Where event files for TensorBoard are written, if anywhere: loss, learning rate and speed of every step, the loss of every epoch and what the
    /// monitor measures. Each call writes a file of its own; TensorBoard draws a resumed run as one curve.
    /// </summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>The most time that a killed run loses.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Trains from the beginning.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops after the step that is under way, with a checkpoint from which <see cref="Resume"/> goes on.</param>
    /// <returns>The curve, one point per epoch.</returns>
    /// <exception cref="ArgumentException">A setting cannot be trained with.</exception>
    /// <exception cref="RunInUseException">The run is being trained by someone else.</exception>
    /// <exception cref="RunException">The folder holds a run already, the data are too few, or the loss is no number any more.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<CurvePoint> Run(
        PretrainSettings settings, IProgress<PretrainProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Directory.CreateDirectory(_folder);
        using var fileLock = Lock();
        if (File.Exists(RunFolder.DescriptionPath(_folder)))
            throw new RunException($"{_folder} holds a run already: resume it, or choose another folder.");
        var description = RunDescription.Of(settings, _source);
        using var training = new PretrainLoop(description, _source, _folder, Device);
        // Of another run, if there is one.
        File.Delete(RunFolder.WhiteningPath(_folder));
        description.Write(_folder);
        return training.Run(this, progress, cancellationToken);
    }

    /// <summary>Goes on with the run in the folder, on the same data; a finished one is left as it is.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops after the step that is under way, with a checkpoint.</param>
    /// <returns>The whole curve.</returns>
    /// <exception cref="RunInUseException">The run is being trained by someone else.</exception>
    /// <exception cref="RunException">The folder holds no run, a damaged one, or one on other data.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<CurvePoint> Resume(IProgress<PretrainProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var description = RunDescription.Read(_folder);
        if (description.Data.Fingerprint != _source.Data.Fingerprint || description.LogMel != _source.LogMel)
            throw new RunException($"{_folder} was started on other data, or its files have changed since: start a new run.");
        using var fileLock = Lock();
        using var training = new PretrainLoop(description, _source, _folder, Device);
        if (File.Exists(RunFolder.CheckpointPath(_folder))) training.Restore();
        return training.Run(this, progress, cancellationToken);
    }

    private FileLock Lock() =>
        FileLock.TryTake(RunFolder.LockPath(_folder)) ?? throw new RunInUseException(_folder);
}
