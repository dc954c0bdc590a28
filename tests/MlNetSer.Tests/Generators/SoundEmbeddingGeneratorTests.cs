using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Sounds behind Microsoft.Extensions.AI's interface, with its own wrappers around them.</summary>
public sealed class SoundEmbeddingGeneratorTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly SoundEmbedder _embedder = new(TestModel.Bytes);

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Gives_each_sound_the_embedding_of_its_file_in_order()
    {
        DataContent[] sounds = [.. Enumerable.Range(1, 9).Select(Sound)];
        using var generator = new SoundEmbeddingGenerator(_embedder);
        var generated = await generator.GenerateAsync(sounds, cancellationToken: Cancellation);
        Assert.Equal(9, generated.Count);
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(_embedder.EmbedFile(PathOf(i + 1), Cancellation), generated[i].Vector.ToArray());
            Assert.Equal("test model", generated[i].ModelId);
        }
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("mlnetser", "test model", 24), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_embedder, generator.GetService<SoundEmbedder>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        Assert.Null(generator.GetService<EmbeddingGeneratorMetadata>("key"));
    }

    [Fact]
    public async Task Waveforms_give_what_the_embedder_gives()
    {
        ReadOnlyMemory<float>[] waveforms = [TestModel.Sound(0.5, 1), TestModel.Sound(2, 2), default];
        using var generator = new WaveformEmbeddingGenerator(_embedder);
        var generated = await generator.GenerateAsync(waveforms, new() { Dimensions = 24 }, Cancellation);
        Assert.Equal(waveforms.Select(w => _embedder.Embed(w.Span)), generated.Select(e => e.Vector.ToArray()));
        Assert.Equal(22_050, generator.SampleRate);
    }

    [Fact]
    public async Task What_cannot_be_embedded_is_named()
    {
        using var generator = new SoundEmbeddingGenerator(_embedder);
        async Task<string> Fails<TException>(EmbeddingGenerationOptions? options, params DataContent[] values)
            where TException : Exception =>
            (await Assert.ThrowsAsync<TException>(() => generator.GenerateAsync(values, options, Cancellation))).Message;

        Assert.Contains("sound 2 has the media type image/png", await Fails<ArgumentException>(null, Sound(1), new(new byte[9], "image/png")), StringComparison.Ordinal);
        var text = new DataContent("no sound at all"u8.ToArray(), "audio/wav") { Name = "note.wav" };
        Assert.StartsWith("note.wav: begins with", await Fails<SoundFileException>(null, Sound(1), text), StringComparison.Ordinal);
        Assert.Contains("100 dimensions are asked for, and test model gives 24", await Fails<ArgumentException>(new() { Dimensions = 100 }, Sound(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_when_asked_to()
    {
        using var generator = new SoundEmbeddingGenerator(_embedder);
        using var stop = new CancellationTokenSource();
        IEnumerable<DataContent> Sounds()
        {
            var sound = Sound(1);
            for (var i = 0; i < 20_000; i++) yield return sound;
        }

        var work = generator.GenerateAsync(Sounds(), cancellationToken: stop.Token);
        stop.CancelAfter(50);
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Many_callers_at_once_get_what_one_gets()
    {
        using var generator = new SoundEmbeddingGenerator(_embedder);
        DataContent[] sounds = [.. Enumerable.Range(1, 4).Select(Sound)];
        var expected = (await generator.GenerateAsync(sounds, cancellationToken: Cancellation)).Select(e => e.Vector.ToArray()).ToArray();
        await Parallel.ForAsync(0, 24, Cancellation, async (_, cancellation) =>
        {
            var again = await generator.GenerateAsync(sounds, cancellationToken: cancellation);
            Assert.Equal(expected, again.Select(e => e.Vector.ToArray()));
        });
    }

    [Fact]
    public async Task As_a_service_it_is_cached_logged_and_traced_by_the_usual_wrappers()
    {
        var (messages, activities) = (new ConcurrentQueue<string>(), new ConcurrentQueue<Activity>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == nameof(SoundEmbeddingGeneratorTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new Recorder(messages)));
        services.AddSingleton<IDistributedCache>(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
        var path = TestModel.Write(_folder.File("model.onnx"));
        services.AddSoundEmbeddingGenerator(path).UseDistributedCache().UseOpenTelemetry(sourceName: nameof(SoundEmbeddingGeneratorTests)).UseLogging();
        services.AddWaveformEmbeddingGenerator(path);

        await using var provider = services.BuildServiceProvider();
        var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
        var first = await generator.GenerateVectorAsync(Sound(1), cancellationToken: Cancellation);
        Assert.Equal(_embedder.EmbedFile(PathOf(1), Cancellation), first.ToArray());
        Assert.Contains(activities, a => a.GetTagItem("gen_ai.request.model") as string == "test model");
        Assert.Contains(messages, m => m.Contains("GenerateAsync", StringComparison.Ordinal));

        // What is in the cache needs no model any more.
        generator.GetService<SoundEmbedder>()!.Dispose();
        Assert.Equal(first.ToArray(), (await generator.GenerateVectorAsync(Sound(1), cancellationToken: Cancellation)).ToArray());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateVectorAsync(Sound(2), cancellationToken: Cancellation));
        var waveforms = provider.GetRequiredService<IEmbeddingGenerator<ReadOnlyMemory<float>, Embedding<float>>>();
        Assert.Equal(24, (await waveforms.GenerateVectorAsync(TestModel.Sound(1), cancellationToken: Cancellation)).Length);
    }

    private string PathOf(int seed) => _folder.File($"{seed}.wav");

    private DataContent Sound(int seed)
    {
        if (!File.Exists(PathOf(seed))) TestModel.WriteSound(PathOf(seed), 0.3 * seed, seed, 16_000);
        return new(File.ReadAllBytes(PathOf(seed)), "audio/wav");
    }

    private sealed class Recorder(ConcurrentQueue<string> messages) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            messages.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
