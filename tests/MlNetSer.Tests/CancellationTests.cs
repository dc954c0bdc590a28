using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;
using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Every call that may take long is stopped in the middle of its work, and returns soon after.</summary>
public sealed class CancellationTests : IDisposable
{
    /// <summary>When the work is under way.</summary>
    private static readonly TimeSpan s_after = TimeSpan.FromMilliseconds(50);

    /// <summary>What no busy machine needs, where a second is promised.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_sounds_that_are_embedded_and_predicted()
    {
        // Twenty minutes, and of what takes no encoder some hours.
        float[] wave = [.. Enumerable.Repeat(TestModel.Sound(5), 240).SelectMany(s => s)];
        var file = _folder.File("long.wav");
        WavFile.Write(file, wave, 22_050);
        LabelledSound[] sounds = [.. Enumerable.Range(0, 20).Select(i => new LabelledSound(file, i % 2 == 0 ? "a" : "b"))];
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        using var predictor = new SoundPredictor(TestClassifier.Build().ToBytes());
        using var bytes = new SoundEmbeddingGenerator(embedder);
        using var waves = new WaveformEmbeddingGenerator(embedder);
        var content = new DataContent(File.ReadAllBytes(file), "audio/wav");

        await Stops("SoundFile.ReadMono", stop => SoundFile.ReadMono(file, 16_000, stop));
        await Stops("SoundEmbedder.Embed", stop => embedder.Embed(wave, stop));
        await Stops("SoundEmbedder.EmbedPatches", stop => embedder.EmbedPatches(wave, stop));
        await Stops("SoundEmbedder.GetTimestampEmbeddings", stop => embedder.GetTimestampEmbeddings(wave, 100, stop));
        await Stops("SoundEmbedder.GetSceneEmbeddings", stop => embedder.GetSceneEmbeddings([wave, wave], stop));
        await Stops("SoundEmbedder.EmbedFile", stop => embedder.EmbedFile(file, stop));
        await Stops("SoundEmbedder.EmbedFilePatches", stop => embedder.EmbedFilePatches(file, stop));
        await Stops("SoundEmbedder.EmbedFiles", stop => embedder.EmbedFiles([file, file], 2, stop).ToList());
        await Stops("SoundPredictor.Predict", stop => predictor.Predict(wave, stop));
        await Stops("SoundPredictor.PredictPatches", stop => predictor.PredictPatches(wave, stop));
        await Stops("SoundPredictor.PredictTimeline", stop => predictor.PredictTimeline(wave, 100, stop));
        await Stops("SoundPredictor.PredictFile", stop => predictor.PredictFile(file, stop));
        await Stops("SoundPredictor.PredictFiles", stop => predictor.PredictFiles([file, file], 2, stop).ToList());
        await Stops("SoundPredictor.PredictFileTimeline", stop => predictor.PredictFileTimeline(file, 100, stop).ToList());
        await Stops("SoundEmbeddingGenerator.GenerateAsync", stop => bytes.GenerateAsync([content], null, stop).GetAwaiter().GetResult());
        await Stops("WaveformEmbeddingGenerator.GenerateAsync", stop => waves.GenerateAsync([wave], null, stop).GetAwaiter().GetResult());
        await Stops("SoundFeatures.Embed", stop => SoundFeatures.Embed(embedder, sounds, null, stop));
        await Stops("SoundFeatures.EmbedPatches", stop => SoundFeatures.EmbedPatches(embedder, sounds, null, stop));
        await Stops("SoundFeatures.LogMelStatistics", stop => SoundFeatures.LogMelStatistics(sounds, null, null, stop));
    }

    [Fact]
    public async Task Of_every_classifier_that_is_evaluated()
    {
        var random = new Random(1);
        var clips = Enumerable.Range(0, 4000).Select(i => new LabelledSound($"{i}.wav", $"{i % 10}")).ToList();
        var features = new SoundFeatures("noise", clips, [.. clips.Select(_ => Enumerable.Range(0, 256).Select(_ => random.NextSingle()).ToArray())]);
        foreach (var classifier in SoundClassifier.All.Concat([SoundClassifier.Sdca, SoundClassifier.FastForest]))
            await Stops($"FoldEvaluation.Run, {classifier.Name}", stop => FoldEvaluation.Run(features, new() { Classifiers = [classifier] }, stop));
    }

    private static async Task Stops<T>(string call, Func<CancellationToken, T> work)
    {
        using var stop = new CancellationTokenSource();
        long cancelled = 0;
        using var registration = stop.Token.Register(() => cancelled = Stopwatch.GetTimestamp());
        var running = Task.Factory.StartNew(
            () =>
            {
                stop.CancelAfter(s_after);
                return work(stop.Token);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var exception = await Record.ExceptionAsync(() => running.WaitAsync(s_after + s_most, TestContext.Current.CancellationToken));
        var took = Stopwatch.GetElapsedTime(cancelled).TotalMilliseconds;
        Assert.True(exception is OperationCanceledException, $"{call}: expected to be stopped, and it {(exception is null ? "ended by itself" : $"threw {exception}")}.");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{call}: {took:0} ms"));
    }
}
