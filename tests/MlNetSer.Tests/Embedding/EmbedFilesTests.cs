using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class EmbedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SoundEmbedder _embedder = new(TestModel.Bytes);

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_is_decoded_and_resampled_before_it_is_embedded()
    {
        var path = TestModel.WriteSound(_folder.File("a.wav"), 2, sampleRate: 44100);
        Assert.Equal(_embedder.Embed(SoundFile.ReadMono(path, 22050)), _embedder.EmbedFile(path));
    }

    [Fact]
    public void A_long_recording_in_a_file_gives_what_it_gives_in_memory()
    {
        var path = TestModel.WriteSound(_folder.File("long.wav"), 130.3);
        SoundEmbedderTests.AssertClose(_embedder.Embed(SoundFile.ReadMono(path, 22050)), _embedder.EmbedFile(path), 1e-6);
    }

    [Theory]
    [InlineData(2.3, ClipPooling.Mean)]
    [InlineData(40, ClipPooling.Mean)]
    [InlineData(40, ClipPooling.Maximum)]
    [InlineData(121, ClipPooling.Mean)]
    public void A_recording_with_its_patches_is_what_one_gets_for_each_by_itself(double seconds, ClipPooling pooling)
    {
        var path = TestModel.WriteSound(_folder.File("a.wav"), seconds);
        using var embedder = new SoundEmbedder(TestModel.Build(7, pooling: pooling).ToBytes());
        var recording = embedder.EmbedRecording(path, withPatches: true, TestContext.Current.CancellationToken);
        Assert.Equal(seconds, recording.Seconds, 1e-4);
        Assert.Equal(embedder.EmbedFile(path), recording.Vector);
        var patches = embedder.EmbedFilePatches(path);
        Assert.Equal(patches.Length, recording.Patches!.Count);
        for (var i = 0; i < patches.Length; i++) SoundEmbedderTests.AssertClose(patches[i], recording.Patches[i].Vector, 1e-6);
        // The middle of a second's patch, one every 50 frames of 220 samples.
        for (var i = 0; i + 1 < patches.Length; i++) Assert.Equal(1000 * (50 + (50.0 * i)) * 220 / 22_050, recording.Patches[i].Milliseconds, 1e-9);
        Assert.Null(embedder.EmbedRecording(path, withPatches: false, TestContext.Current.CancellationToken).Patches);
    }

    [Fact]
    public void Results_come_in_order_and_unreadable_files_say_why()
    {
        var text = _folder.File("text.wav");
        File.WriteAllText(text, "These are not samples, they only pretend to be.");
        var nan = _folder.File("nan.wav");
        WavFile.Write(nan, [0, 0.5f, 0], 22050, WavSampleFormat.IeeeFloat32);
        var bytes = File.ReadAllBytes(nan);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        File.WriteAllBytes(nan, bytes);
        var missing = _folder.File("missing.wav");
        string[] sounds = [.. Enumerable.Range(0, 30).Select(i => TestModel.WriteSound(_folder.File($"{i}.wav"), i % 3 == 0 ? 3 : 0.3, i))];
        string[] paths = [.. sounds[..10], text, nan, .. sounds[10..], missing];

        var results = _embedder.EmbedFiles(paths, threads: 3, TestContext.Current.CancellationToken).ToArray();
        Assert.Equal(paths, results.Select(r => r.Path));
        foreach (var result in results)
        {
            if (sounds.Contains(result.Path))
            {
                Assert.Null(result.Error);
                Assert.Equal(_embedder.EmbedFile(result.Path), result.Vector);
            }
            else
            {
                Assert.Null(result.Vector);
                Assert.Contains(result.Path, result.Error, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', result.Error!);
            }
        }
        Assert.Contains("NaN", results.Single(r => r.Path == nan).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_stays_a_few_items_ahead_of_the_caller_and_stops_with_it()
    {
        var started = 0;
        var items = Enumerable.Range(0, 1000).ToArray();
        var results = OrderedReadAhead.Select(
            items,
            (item, _) =>
            {
                Interlocked.Increment(ref started);
                return item;
            },
            threads: 2,
            TestContext.Current.CancellationToken);
        Assert.Equal(items[..5], results.Take(5));
        Assert.InRange(started, 5, 5 + 8);
    }

    [Fact]
    public async Task Cancelling_stops_within_a_file()
    {
        using var stop = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        var work = Task.Run(() => OrderedReadAhead.Select<int, int>(
            [1, 2, 3, 4],
            (_, cancellation) =>
            {
                started.Set();
                cancellation.WaitHandle.WaitOne();
                cancellation.ThrowIfCancellationRequested();
                return 0;
            },
            threads: 2,
            stop.Token).Count());
        Assert.True(started.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.ThrowsAny<OperationCanceledException>(
            () => _embedder.EmbedFile(TestModel.WriteSound(_folder.File("x.wav"), 1), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void An_error_of_the_work_itself_reaches_the_caller()
    {
        var results = OrderedReadAhead.Select<int, int>([1, 2, 3], (item, _) => item == 2 ? throw new InvalidOperationException("two") : item, 2, default);
        Assert.Equal("two", Assert.Throws<InvalidOperationException>(() => results.Count()).Message);
    }

    [Fact]
    public void A_disposed_embedder_is_not_taken_for_an_unreadable_file()
    {
        var path = TestModel.WriteSound(_folder.File("a.wav"), 1);
        _embedder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _embedder.EmbedFiles([path]).ToArray());
    }
}
