using System.Diagnostics;
using MlNetSer.Testing;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Training.Tests;

/// <summary>Every call that may take long is stopped in the middle of its work, and returns soon after. Trainers finish the step that they are at.</summary>
[Collection(nameof(ThreadedTorch))]
public sealed class CancellationTests : IDisposable
{
    /// <summary>What no busy machine needs, where a second is promised.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_training_and_of_what_goes_before_and_after_it()
    {
        // What is worked on while the token is cancelled: progress says when, or else a moment after the beginning.
        var moment = TimeSpan.FromMilliseconds(50);
        await Stops(moment, stop => new SynthesisedPatchSource(new SynthesisSettings(), seed: 1, clips: 256, cancellationToken: stop).Dispose());
        await Stops(moment, stop => new SoundSynthesiser(1).WriteFolder(_folder.File("many"), 200, null, null, stop));

        var files = TestSounds.Write(_folder, 6, seconds: 10);
        await Stops(null, (cancel, stop) => LogMelCache.OpenOrCreate(_folder.File("cache"), files, new(), new When<LogMelCacheProgress>(_ => true, cancel), stop).Dispose());
        using var cache = LogMelCache.OpenOrCreate(_folder.File("cache"), files, new());
        using var encoder = SoundEncoders.Create("vgg", seed: 1);
        await Stops(moment, stop => EncoderImport.RecoverNormalisation(encoder, cache, stop));
        var info = new Onnx.SoundModelInfo { Name = "vgg", Encoder = "vgg", EmbeddingSize = encoder.EmbeddingSize, Normalisation = new(-2, 1.5f) };
        await Stops(moment, stop => EncoderExport.ToModel(encoder, info, arithmetic: EncoderArithmetic.Int8, cancellationToken: stop));

        var sounds = files.Select((f, i) => new LabelledSound(f, $"{i % 2}")).ToList();
        foreach (var mode in Enum.GetValues<DownstreamMode>())
        {
            using var trainer = new DownstreamTrainer(EncoderStart.Scratch("vgg"), _folder.File("downstream"));
            var settings = new DownstreamSettings { Mode = mode, Epochs = 100_000, BatchSize = 2 };
            await Stops(null, (cancel, stop) => trainer.Run(
                settings, sounds, null, null, new When<DownstreamProgress>(p => p is { Stage: DownstreamStage.Training, Done: > 2 }, cancel), stop));
        }

        var pretrainer = new Pretrainer(new RandomPatches(4), _folder.File("run"));
        var forever = new PretrainSettings { Epochs = 100_000, BatchSize = 4 };
        await Stops(null, (cancel, stop) => pretrainer.Run(forever, new When<PretrainProgress>(p => p.Epoch > 2, cancel), stop));
        Assert.True(File.Exists(RunFolder.CheckpointPath(_folder.File("run"))));
    }

    [Fact]
    public void A_folder_that_goes_away_stops_the_training_and_is_named()
    {
        var run = _folder.File("gone");
        var pretrainer = new Pretrainer(new RandomPatches(4), run) { CheckpointInterval = TimeSpan.Zero };
        var leave = new When<PretrainProgress>(p => p.Epoch == 2, () => Directory.Delete(run, recursive: true));
        var exception = Assert.Throws<DirectoryNotFoundException>(() => pretrainer.Run(new PretrainSettings { Epochs = 3, BatchSize = 4 }, leave));
        Assert.Equal($"{RunFolder.CheckpointPath(run)} cannot be written: there is no folder '{run}'.", exception.Message);
    }

    private static Task Stops(TimeSpan moment, Action<CancellationToken> work) => Stops(moment, (_, stop) => work(stop));

    private static async Task Stops(TimeSpan? moment, Action<Action, CancellationToken> work)
    {
        using var stop = new CancellationTokenSource();
        long cancelled = 0;
        using var registration = stop.Token.Register(() => cancelled = Stopwatch.GetTimestamp());
        var running = Task.Factory.StartNew(
            () =>
            {
                if (moment is { } later) stop.CancelAfter(later);
                work(stop.Cancel, stop.Token);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(Stopwatch.GetElapsedTime(cancelled), TimeSpan.Zero, s_most);
    }

    /// <summary>Does something at a certain report.</summary>
    private sealed class When<T>(Func<T, bool> isTheMoment, Action act) : IProgress<T>
    {
        private bool _done;

        public void Report(T value)
        {
            if (_done || !isTheMoment(value)) return;
            _done = true;
            act();
        }
    }
}
