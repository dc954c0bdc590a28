using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlNetSer.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Trains classifiers on labelled sounds as the paper does downstream: linear evaluation of a frozen encoder, or fine-tuning of
/// encoder and classifier together, scored by the softmax averaged over a clip's patches.
/// </summary>
/// <remarks>
/// Everything random follows from the settings' seed: the same sounds and settings give the same classifier, bit for bit on the same machine with
/// the same number of threads. An instance keeps the patch embeddings that linear evaluation has computed, so that folds and seeds share
/// them; one training at a time per instance. A fine-tuning that was stopped goes on at its last checkpoint when it is run again with the same
/// sounds and settings, and gives what it would have given.
/// </remarks>
public sealed class DownstreamTrainer : IDisposable
{
    private readonly EncoderStart _start;
    private readonly string _cacheFolder;
    private PatchEmbeddings? _embeddings;

    static DownstreamTrainer() => TorchOnnx.TorchRuntime.EnsureLoaded();

    /// <summary>A trainer of classifiers on one encoder.</summary>
    /// <param name="start">Where their encoder comes from.</param>
    /// <param name="cacheFolder">Where the log-mels of sounds are kept, and the checkpoints of fine-tunings under way; made if needed and absent.</param>
    public DownstreamTrainer(EncoderStart start, string cacheFolder)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentException.ThrowIfNullOrEmpty(cacheFolder);
        (_start, _cacheFolder) = (start, cacheFolder);
    }

    /// <summary>Sounds whose log-mels lie in one file with those of every training, so that trainings on parts of them share it.</summary>
    internal IReadOnlyList<LabelledSound> Shared { get; set; } = [];

    internal string Description => _start.Description;

    /// <summary>Where to train; the CPU if not set.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Told when a training begins, after every epoch and of sounds that cannot be read (warnings); left out, nobody is.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Where event files for TensorBoard are written, if anywhere: the loss of every step, loss, learning rate and validation accuracy of every epoch.
    /// Each training writes a file of its own; TensorBoard draws one that goes on at a checkpoint as one curve.
    /// </summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>A fine-tuning writes a checkpoint after the epoch that ends so long after the last one.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Trains a classifier.</summary>
    /// <param name="settings">How.</param>
    /// <param name="train">Sounds with at least two labels, which are the classifier's.</param>
    /// <param name="validation">Sounds by whose balanced accuracy the epoch is chosen that is kept; left out, the last one is.</param>
    /// <param name="test">Sounds to score the classifier on in the end.</param>
    /// <param name="progress">Told after every sound and every step.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">A setting cannot be trained with.</exception>
    /// <exception cref="RunException">
    /// The labels cannot be used, sounds cannot be read, the encoder cannot be trained, or the loss is no number any more; the message says which.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DownstreamResult Run(
        DownstreamSettings settings,
        IReadOnlyList<LabelledSound> train,
        IReadOnlyList<LabelledSound>? validation = null,
        IReadOnlyList<LabelledSound>? test = null,
        IProgress<DownstreamProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(train);
        settings.Validate();
        var sounds = new DownstreamSounds(train, validation, test);
        return settings.Mode == DownstreamMode.Linear
            ? TrainLinear(settings, sounds, progress, cancellationToken)
            : FineTune(settings, sounds, progress, cancellationToken);
    }

    /// <summary>Frees the embeddings and the model that gave them.</summary>
    public void Dispose() => _embeddings?.Dispose();

    private DownstreamResult TrainLinear(
        DownstreamSettings settings, DownstreamSounds sounds, IProgress<DownstreamProgress>? progress, CancellationToken cancellation)
    {
        if (_embeddings is null || !_start.IsFixed)
        {
            _embeddings?.Dispose();
            using var started = _start.Load(settings.Seed, () => NormalisationOf(sounds, progress, cancellation));
            _embeddings = new PatchEmbeddings(started.ToModel(), started.Info);
        }
        var embeddings = _embeddings;
        embeddings.Add(sounds.Paths, progress, cancellation);
        var readable = sounds.Without(embeddings.Unreadable);
        using var network = new ClassifierNetwork(null, embeddings.Info.EmbeddingSize, sounds.Labels.Count, settings.Seed);
        return Train(settings, network, readable, embeddings.Input, () => (embeddings.Model, embeddings.Info), null, progress, cancellation);
    }

    private DownstreamResult FineTune(
        DownstreamSettings settings, DownstreamSounds sounds, IProgress<DownstreamProgress>? progress, CancellationToken cancellation)
    {
        using var cache = OpenCache(sounds, progress, cancellation);
        var parts = Enumerable.Range(0, cache.Count).ToLookup(cache.PathOf);
        var readable = sounds.Without(cache.Unreadable);
        using var started = _start.Load(settings.Seed, () => LogMelStatisticsOf(cache, readable.Train.SelectMany(s => parts[s.Path]), cancellation));
        if (started.Encoder is not { } encoder)
        {
            throw new RunException(
                $"{_start.Description} is an ONNX file, in which batch norm is part of the convolutions: fine-tune from the run or the checkpoint "
                + "that it was made of, or train a linear classifier on it.");
        }
        if (Device.type == DeviceType.CPU) ChannelsLast.Apply(encoder);
        var type = settings.Precision == TrainingPrecision.BFloat16 ? bfloat16 : float32;
        using var network = new ClassifierNetwork(encoder, encoder.EmbeddingSize, sounds.Labels.Count, settings.Seed);
        using var checkpoint = new ClassifierCheckpoint(_cacheFolder, ClassifierCheckpoint.KeyOf(settings, readable, network));
        var result = Train(
            settings,
            network,
            readable,
            some => new LogMelInput(cache, [.. some.Select(s => parts[s.Path].ToArray())], started.Info.Normalisation, type),
            () => (started.ToModel(), started.Info),
            checkpoint,
            progress,
            cancellation);
        checkpoint.Remove();
        return result;
    }

    private DownstreamResult Train(
        DownstreamSettings settings,
        ClassifierNetwork network,
        DownstreamSounds sounds,
        Func<IReadOnlyList<LabelledSound>, PatchInput> input,
        Func<(OnnxModel Encoder, SoundModelInfo Info)> encoder,
        ClassifierCheckpoint? checkpoint,
        IProgress<DownstreamProgress>? progress,
        CancellationToken cancellation)
    {
        foreach (var sound in sounds.Unreadable) Logger.SoundLeftOut(sound.Path, sound.Reason);
        Logger.ClassifierBegins(sounds.Labels.Count, sounds.Train.Count, settings.Mode, _start.Description);
        network.to(Device);
        LabelledClips? Clips(IReadOnlyList<LabelledSound> some) => some.Count == 0 ? null : new(input(some), sounds.LabelsOf(some));
        var validation = Clips(sounds.Validation);
        using var loop = new ClassifierLoop(
            settings, network, Clips(sounds.Train)!, validation, sounds.Labels.Count, Device, checkpoint, CheckpointInterval, TensorBoardFolder, Logger);
        var (curve, epoch) = loop.Run(progress, cancellation);
        ClassifierScore? Score(LabelledClips? clips) =>
            clips is null ? null : ClassifierScoring.Score(network, clips, sounds.Labels.Count, Device, cancellation);
        var (validated, tested) = (Score(validation), Score(Clips(sounds.Test)));
        network.cpu();
        var (encoderModel, encoderInfo) = encoder();
        var info = ClassifierExport.Describe(encoderInfo, settings, sounds.Labels, sounds.Train.Count, epoch);
        var (weights, biases) = network.Layer();
        return new DownstreamResult
        {
            Model = SoundClassifierGraph.Compose(encoderModel, info, weights, biases),
            Info = info,
            Curve = curve,
            Epoch = epoch,
            Validation = validated,
            Test = tested,
            Unreadable = sounds.Unreadable,
        };
    }

    private InputNormalisation NormalisationOf(DownstreamSounds sounds, IProgress<DownstreamProgress>? progress, CancellationToken cancellation)
    {
        using var cache = OpenCache(sounds, progress, cancellation);
        var train = sounds.Train.Select(s => s.Path).ToHashSet();
        return LogMelStatisticsOf(cache, Enumerable.Range(0, cache.Count).Where(clip => train.Contains(cache.PathOf(clip))), cancellation);
    }

    private LogMelCache OpenCache(DownstreamSounds sounds, IProgress<DownstreamProgress>? progress, CancellationToken cancellation) =>
        LogMelCache.OpenOrCreate(
            _cacheFolder,
            [.. sounds.Paths.Union(Shared.Select(s => s.Path)).Order(StringComparer.Ordinal)],
            _start.LogMel,
            progress is null ? null : new CacheProgress(progress),
            cancellation);

    /// <summary>Mean and standard deviation of all values of some clips.</summary>
    private static InputNormalisation LogMelStatisticsOf(LogMelCache cache, IEnumerable<int> clips, CancellationToken cancellation)
    {
        var (sum, squares, count) = (0.0, 0.0, 0L);
        foreach (var clip in clips)
        {
            cancellation.ThrowIfCancellationRequested();
            var values = new float[cache.FramesOf(clip) * cache.Settings.MelBands];
            cache.Read(clip, 0, values);
            foreach (var value in values)
            {
                sum += value;
                squares += (double)value * value;
            }
            count += values.Length;
        }
        var mean = sum / count;
        return new((float)mean, (float)Math.Sqrt(Math.Max(0, squares / count - mean * mean)));
    }

    private sealed class CacheProgress(IProgress<DownstreamProgress> progress) : IProgress<LogMelCacheProgress>
    {
        public void Report(LogMelCacheProgress value) => progress.Report(new(DownstreamStage.LogMels, value.Done, value.Files));
    }
}
