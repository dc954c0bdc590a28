using System.Diagnostics;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>The epochs of a classifier's training. Afterwards the network has the weights of the epoch that is kept.</summary>
internal sealed class ClassifierLoop : IDisposable
{
    private readonly DownstreamSettings _settings;
    private readonly ClassifierNetwork _network;
    private readonly LabelledClips _train;
    private readonly LabelledClips? _validation;
    private readonly int _labels;
    private readonly Device _device;
    private readonly SupervisedStep _step;
    private readonly KeptWeights _kept;
    private readonly int _steps;
    private readonly float[] _buffer;
    private readonly long[] _shape;
    private readonly ClassifierCheckpoint? _checkpoint;
    private readonly TimeSpan _checkpointInterval;
    private readonly string? _tensorBoardFolder;
    private readonly ILogger _logger;
    private List<DownstreamPoint> _curve = [];
    private double? _accuracy;

    /// <param name="settings">How to train.</param>
    /// <param name="network">What to train.</param>
    /// <param name="train">What to learn from.</param>
    /// <param name="validation">What the best epoch is chosen by, if anything.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="checkpoint">Where the state is kept, if it is.</param>
    /// <param name="checkpointInterval">After an epoch it is, once so much time has passed.</param>
    /// <param name="tensorBoardFolder">Where event files are written, if anywhere.</param>
    /// <param name="logger">Told after every epoch.</param>
    public ClassifierLoop(
        DownstreamSettings settings,
        ClassifierNetwork network,
        LabelledClips train,
        LabelledClips? validation,
        int labels,
        Device device,
        ClassifierCheckpoint? checkpoint,
        TimeSpan checkpointInterval,
        string? tensorBoardFolder,
        ILogger logger)
    {
        (_tensorBoardFolder, _logger) = (tensorBoardFolder, logger);
        (_checkpoint, _checkpointInterval) = (checkpoint, checkpointInterval);
        (_settings, _network, _train, _validation, _labels, _device) = (settings, network, train, validation, labels, device);
        _shape = train.Input.PatchShape;
        _steps = (train.Labels.Length + settings.BatchSize - 1) / settings.BatchSize;
        _buffer = new float[(train.Labels.Length + _steps - 1) / _steps * _shape.Aggregate((a, b) => a * b)];
        _step = new SupervisedStep(network, settings.Momentum, settings.WeightDecay);
        _kept = new KeptWeights(network);
    }

    /// <summary>Trains all epochs.</summary>
    /// <returns>The curve, and the epoch that is kept, from 1.</returns>
    /// <exception cref="RunException">The loss is no number any more.</exception>
    public (IReadOnlyList<DownstreamPoint> Curve, int Epoch) Run(IProgress<DownstreamProgress>? progress, CancellationToken cancellation)
    {
        var kept = Restore();
        var best = _curve.Max(p => p.ValidationAccuracy) ?? double.NegativeInfinity;
        using var events = EventFile.Open(_tensorBoardFolder, ((long)_curve.Count * _steps) + 1);
        var sinceCheckpoint = Stopwatch.StartNew();
        for (var epoch = _curve.Count; epoch < _settings.Epochs; epoch++)
        {
            var loss = Train(epoch, progress, events, cancellation);
            var accuracy = Validate(epoch, cancellation);
            var rate = _settings.LearningRateAt(epoch);
            _curve.Add(new DownstreamPoint(epoch + 1, loss, rate, accuracy));
            _logger.ClassifierEpoch(epoch + 1, loss, rate, accuracy);
            events?.Write(
                (epoch + 1L) * _steps, ("epoch/loss", loss), ("train/learning_rate", rate), ("validation/balanced_accuracy", accuracy));
            if (accuracy > best)
            {
                (kept, best) = (epoch + 1, accuracy.Value);
                _kept.Take();
            }
            if (_checkpoint is null || sinceCheckpoint.Elapsed < _checkpointInterval) continue;
            _checkpoint.Write(Tensors(), kept, _curve);
            sinceCheckpoint.Restart();
        }
        if (kept < _settings.Epochs) _kept.PutBack();
        return (_curve, kept);
    }

    /// <summary>Goes on where the checkpoint ends. Gives the epoch that is kept so far.</summary>
    private int Restore()
    {
        if (_checkpoint?.TryRead(Tensors()) is not { } state) return _settings.Epochs;
        _curve = [.. state.Curve];
        _accuracy = _curve.LastOrDefault(p => p.ValidationAccuracy is not null)?.ValidationAccuracy;
        return state.Kept;
    }

    private IEnumerable<(string Name, Tensor Value)> Tensors() =>
        _network.state_dict().Select(e => ($"network.{e.Key}", e.Value))
            .Concat(_step.Optimiser.Velocities.Select(v => ($"velocity.{v.Name}", v.Velocity)))
            .Concat(_kept.Copies.Select(c => ($"kept.{c.Name}", c.Copy)));

    private double Train(int epoch, IProgress<DownstreamProgress>? progress, EventFile? events, CancellationToken cancellation)
    {
        _network.train();
        var clips = _train.Labels.Length;
        var order = new TrainingPosition(_settings.Seed, epoch, -1).Random("order").Permutation(clips);
        var sum = 0.0;
        for (var step = 0; step < _steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (first, end) = ((int)((long)clips * step / _steps), (int)((long)clips * (step + 1) / _steps));
            var loss = Step(new TrainingPosition(_settings.Seed, epoch, step), order.AsSpan(first, end - first));
            sum += loss * (end - first);
            var done = (epoch * _steps) + step + 1;
            progress?.Report(new(DownstreamStage.Training, done, _settings.Epochs * _steps, loss, _accuracy));
            events?.Write(done, ("train/loss", loss));
        }
        return sum / clips;
    }

    private double Step(TrainingPosition position, ReadOnlySpan<int> clips)
    {
        var random = position.Random("patches");
        var size = _buffer.Length / ((_train.Labels.Length + _steps - 1) / _steps);
        var labels = new long[clips.Length];
        for (var i = 0; i < clips.Length; i++)
        {
            _train.Input.ReadRandom(clips[i], random, _buffer.AsSpan(i * size, size));
            labels[i] = _train.Labels[clips[i]];
        }
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var patches = _train.Input.Prepare(PatchTensor.Of(_buffer.AsSpan(0, clips.Length * size), clips.Length, _shape, _device), training: true);
        var loss = _step.Run(patches, tensor(labels).to(_device), _settings.LearningRateAt(position.Epoch));
        if (double.IsFinite(loss)) return loss;
        throw new RunException(
            $"The loss became {loss} in epoch {position.Epoch + 1}: the learning rate {_settings.LearningRateAt(0)} is too high for these data.");
    }

    private double? Validate(int epoch, CancellationToken cancellation)
    {
        if (_validation is null || ((epoch + 1) % _settings.ValidateEvery != 0 && epoch + 1 < _settings.Epochs)) return null;
        return _accuracy = ClassifierScoring.Score(_network, _validation, _labels, _device, cancellation).BalancedAccuracy;
    }

    public void Dispose()
    {
        _kept.Dispose();
        _step.Dispose();
    }
}
