using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>The loop over epochs and steps, with all that it needs.</summary>
internal sealed class PretrainLoop : IDisposable
{
    private readonly RunDescription _description;
    private readonly PretrainSettings _settings;
    private readonly IPatchSource _source;
    private readonly string _folder;
    private readonly SoundEncoder _encoder;
    private readonly ProjectionHead _head;
    private readonly ContrastiveStep _step;
    private readonly ViewMaker _views;
    private readonly int _clips;
    private readonly int _stepsPerEpoch;
    private readonly Speed _speed = new();
    private ILogger _logger = NullLogger.Instance;
    private readonly Device _device;
    private readonly Stopwatch _sessionTime = new();
    private IReadOnlyList<TrainingSession> _earlier = [];
    private TrainingSession? _session;
    private List<CurvePoint> _curve = [];
    private RunState _state;

    public PretrainLoop(RunDescription description, IPatchSource source, string folder, Device device)
    {
        (_description, _settings, _source, _folder, _device) = (description, description.Settings, source, folder, device);
        _clips = Math.Min(_settings.BatchSize, source.Data.Clips);
        var fewest = _settings.Views.MixBack?.Backgrounds is MixBackBackgrounds.OtherClips ? 3 : 2;
        if (source.Data.Clips < fewest)
            throw new RunException($"Pretraining contrasts clips with each other: it needs at least {fewest}, and there are {source.Data.Clips}.");
        _stepsPerEpoch = source.Data.Clips / _clips;
        _encoder = SoundEncoders.Create(_settings.Encoder, _settings.Seed);
        _settings.Whitening?.RequireRoom(_encoder.EmbeddingSize);
        _head = new ProjectionHead(_encoder.EmbeddingSize, (long)new TrainingPosition(_settings.Seed, 0, 0).Random("head").NextBits());
        _encoder.to(device);
        _head.to(device);
        if (device.type == DeviceType.CPU) ChannelsLast.Apply(_encoder);
        _step = new ContrastiveStep(_encoder, _head, _settings.Temperature, _settings.Momentum, _settings.WeightDecay);
        var type = _settings.Precision == TrainingPrecision.BFloat16 ? bfloat16 : float32;
        _views = new ViewMaker(_settings.Views, description.Normalisation, device, type);
    }

    /// <summary>Continues from the folder's checkpoint.</summary>
    public void Restore()
    {
        _state = Checkpoint.Read(RunFolder.CheckpointPath(_folder), _encoder, _head, _step.Optimiser);
        // After a kill the curve may be ahead of the checkpoint.
        _curve = [.. CurvePoint.Read(RunFolder.CurvePath(_folder)).Where(p => p.Epoch <= _state.Epoch)];
    }

    public IReadOnlyList<CurvePoint> Run(Pretrainer options, IProgress<PretrainProgress>? progress, CancellationToken cancellation)
    {
        _logger = options.Logger;
        if (_state.Epoch < _settings.Epochs) Train(options, progress, cancellation);
        Whiten(cancellation);
        return _curve;
    }

    private void Train(Pretrainer options, IProgress<PretrainProgress>? progress, CancellationToken cancellation)
    {
        _logger.PretrainingBegins(_settings.Encoder, _description.Data.Description, _state.Epoch + 1, _settings.Epochs, _folder);
        (_earlier, _session) = (TrainingSession.Read(_folder), TrainingSession.Begin(_device));
        _sessionTime.Start();
        _encoder.train();
        _head.train();
        using var events = EventFile.Open(options.TensorBoardFolder, StepsDone + 1);
        using var batches = new PatchPrefetcher(_source, Positions(), NewBatch);
        var sinceCheckpoint = Stopwatch.StartNew();
        try
        {
            while (_state.Epoch < _settings.Epochs)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_state.Step == _stepsPerEpoch)
                {
                    EndEpoch(options.Monitor, events, cancellation);
                    continue;
                }
                var loss = Step(batches);
                _speed.Count();
                var done = Progress(loss);
                progress?.Report(done);
                _state = _state with { Step = _state.Step + 1, LossSum = _state.LossSum + loss };
                events?.Write(
                    StepsDone, ("train/loss", loss), ("train/learning_rate", done.LearningRate), ("train/patches_per_second", done.PatchesPerSecond));
                if (sinceCheckpoint.Elapsed < options.CheckpointInterval) continue;
                Save();
                sinceCheckpoint.Restart();
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            _logger.PretrainingStopped(_state.Epoch + 1, _state.Step);
            throw;
        }
        Save();
        _logger.PretrainingFinished(_curve.Count, _sessionTime.Elapsed.TotalSeconds);
    }

    private void Whiten(CancellationToken cancellation)
    {
        var path = RunFolder.WhiteningPath(_folder);
        if (_settings.Whitening is not { } settings || File.Exists(path)) return;
        Whitening.Fit(settings, _encoder, _source, _description, cancellation).Write(path);
        _logger.WhiteningWritten(settings.Directions);
    }

    private double Step(PatchPrefetcher batches)
    {
        var batch = batches.Take(CancellationToken.None);
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var (first, second) = _views.Make(batch, Position);
        batches.Return(batch);
        var loss = _step.Run(first, second, _settings.LearningRateAt(_state.Epoch));
        if (double.IsFinite(loss)) return loss;
        throw new RunException(
            $"The loss became {loss} in epoch {_state.Epoch + 1}: the learning rate {_settings.LearningRate} is too high for these data.");
    }

    private void EndEpoch(PretrainMonitor? monitor, EventFile? events, CancellationToken cancellation)
    {
        var epoch = _state.Epoch + 1;
        var accuracy = monitor is not null && (epoch % monitor.EveryEpochs == 0 || epoch == _settings.Epochs)
            ? Measure(monitor, epoch, cancellation)
            : default;
        var rate = _settings.LearningRateAt(_state.Epoch);
        var point = new CurvePoint(epoch, _state.LossSum / _stepsPerEpoch, rate, _speed.StepsPerSecond * 2 * _clips, accuracy);
        _curve.Add(point);
        CurvePoint.Write(RunFolder.CurvePath(_folder), _curve);
        WriteSession();
        _logger.PretrainingEpoch(epoch, point.Loss, rate, point.PatchesPerSecond, accuracy.Linear, accuracy.Neighbours);
        events?.Write(
            StepsDone, ("epoch/loss", point.Loss), ("monitor/linear_accuracy", accuracy.Linear), ("monitor/knn_accuracy", accuracy.Neighbours));
        _state = new RunState(epoch, Step: 0, LossSum: 0);
        _speed.Restart();
    }

    private PretrainAccuracy Measure(PretrainMonitor monitor, int epoch, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _encoder.eval();
        _head.eval();
        var info = EncoderExport.Describe(_description, _encoder, epoch);
        try
        {
            return monitor.Measure(new PretrainSnapshot(epoch, _encoder, _head, info), cancellation);
        }
        finally
        {
            _encoder.train();
            _head.train();
        }
    }

    private void Save()
    {
        Checkpoint.Write(RunFolder.CheckpointPath(_folder), _encoder, _head, _step.Optimiser, _state);
        WriteSession();
        _logger.CheckpointWritten(_state.Epoch + 1, _state.Step);
    }

    private void WriteSession() => TrainingSession.Write(
        _folder, _earlier.Append(_session! with { Seconds = Math.Round(_sessionTime.Elapsed.TotalSeconds, 3), Epochs = _curve.Count }));

    private long StepsDone => ((long)_state.Epoch * _stepsPerEpoch) + _state.Step;

    private TrainingPosition Position => new(_settings.Seed, _state.Epoch, _state.Step);

    /// <summary>All steps from here to the end, for the thread that fills batches.</summary>
    private IEnumerable<TrainingPosition> Positions()
    {
        var start = _state;
        return Enumerable.Range(start.Epoch, _settings.Epochs - start.Epoch).SelectMany(epoch =>
        {
            var first = epoch == start.Epoch ? start.Step : 0;
            return Enumerable.Range(first, _stepsPerEpoch - first).Select(step => new TrainingPosition(_settings.Seed, epoch, step));
        });
    }

    private PatchBatch NewBatch() =>
        new(_clips, _description.LogMel.PatchFrames, _description.LogMel.MelBands, _settings.Views.MixBack?.Backgrounds);

    private PretrainProgress Progress(double loss)
    {
        var done = StepsDone + 1;
        var left = TimeSpan.FromSeconds(((long)_settings.Epochs * _stepsPerEpoch - done) / _speed.StepsPerSecond);
        return new PretrainProgress(
            _state.Epoch + 1, _settings.Epochs, _state.Step + 1, _stepsPerEpoch,
            loss, _settings.LearningRateAt(_state.Epoch), _speed.StepsPerSecond * 2 * _clips, left);
    }

    public void Dispose()
    {
        _step.Dispose();
        _encoder.Dispose();
        _head.Dispose();
    }
}
