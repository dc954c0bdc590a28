using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class LogMelCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string CacheFolder => _folder.File("cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Holds_the_reference_log_mels_in_the_order_of_the_files()
    {
        var waveforms = Enumerable.Range(0, 3).Select(k => Golden($"clip{k}_wave22050_norm.npy").Floats).ToArray();
        var files = waveforms.Select((w, k) => TestSounds.Write(_folder, $"{9 - k}.wav", w)).ToList();

        using var cache = Open(files);

        Assert.Equal(files, Enumerable.Range(0, 3).Select(cache.PathOf));
        for (var k = 0; k < 3; k++)
        {
            var expected = Golden($"clip{k}_logmel.npy");
            Assert.Equal(expected.Shape[0], cache.FramesOf(k));
            // The reference was made from the waveform as it stands, and the front end divides by its peak once more.
            var level = -2 * Math.Log10(waveforms[k].Max(Math.Abs) + 0.005);
            var actual = Read(cache, k);
            for (var i = 0; i < actual.Length; i++)
            {
                // Half precision: a step is 1/256 from 4 to 8. Near the offset inside the logarithm the level counts less.
                if (expected.Values[i] > -6) Assert.InRange(actual[i], expected.Values[i] + level - 0.004, expected.Values[i] + level + 0.004);
            }
        }
    }

    [Fact]
    public void Knows_mean_and_true_deviation_of_its_values()
    {
        using var cache = Open(TestSounds.Write(_folder, 4));

        var values = Enumerable.Range(0, 4).SelectMany(c => Read(cache, c)).Select(v => (double)v).ToArray();
        var mean = values.Average();
        Assert.Equal(mean, cache.Normalisation.Mean, 1e-4);
        Assert.Equal(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), cache.Normalisation.Std, 1e-4);
        Assert.Equal(values.Length / 96, cache.TotalFrames);
    }

    [Fact]
    public void Is_filled_once_and_opened_afterwards()
    {
        var files = TestSounds.Write(_folder, 3);
        var first = Read(Open(files), 2);
        var reports = new List<LogMelCacheProgress>();

        using var cache = Open(files, progress: new Reports(reports));

        Assert.Empty(reports);
        Assert.Equal(first, Read(cache, 2));
        Assert.Single(Directory.GetFiles(CacheFolder, "*.logmel"));
    }

    [Fact]
    public async Task Is_filled_by_one_of_several_that_open_it_at_once()
    {
        var files = TestSounds.Write(_folder, 6);
        var reports = new List<LogMelCacheProgress>();

        var caches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Open(files, progress: new Reports(reports)))));

        Assert.Equal(6, reports.Count);
        Assert.Equal(new LogMelCacheProgress(6, 6, 0), reports[^1]);
        Assert.All(caches, c => Assert.Equal(Read(caches[0], 5), Read(c, 5)));
        foreach (var cache in caches) cache.Dispose();
    }

    [Fact]
    public void Is_another_one_for_other_settings_and_for_changed_files()
    {
        var files = TestSounds.Write(_folder, 3);
        using var before = Open(files);

        using var otherSettings = Open(files, new LogMelSettings { MelBands = 64 });
        File.SetLastWriteTimeUtc(files[1], DateTime.UtcNow.AddDays(-1));
        using var otherTime = Open(files);
        TestSounds.Write(_folder, "sound2.wav", TestSounds.Waveform(7, 2));
        using var otherSound = Open(files);
        using var fewer = Open(files[..2]);

        Assert.Equal(5, new[] { before, otherSettings, otherTime, otherSound, fewer }.Select(c => c.Path).Distinct().Count());
        Assert.Equal(64 * otherSettings.FramesOf(0), Read(otherSettings, 0).Length);
        Assert.NotEqual(Read(before, 2), Read(otherSound, 2));
    }

    [Fact]
    public void Leaves_out_and_lists_unreadable_files()
    {
        var files = TestSounds.Write(_folder, 9);
        files.Insert(4, _folder.File("text.wav"));
        File.WriteAllText(files[4], "this is no sound");

        using var cache = Open(files);

        Assert.Equal(9, cache.Count);
        Assert.Equal(files[5], cache.PathOf(4));
        var unreadable = Assert.Single(cache.Unreadable);
        Assert.Equal(files[4], unreadable.Path);
        Assert.NotEmpty(unreadable.Reason);
        using var again = Open(files);
        Assert.Equal(cache.Unreadable, again.Unreadable);
    }

    [Fact]
    public void Fails_when_more_than_a_tenth_is_unreadable_and_leaves_nothing()
    {
        var files = TestSounds.Write(_folder, 9);
        files.Add(_folder.File("missing.wav"));
        files.Add(TestSounds.Write(_folder, "empty.wav", []));

        var exception = Assert.Throws<RunException>(() => Open(files));

        Assert.Contains("missing.wav", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(CacheFolder), f => !f.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuses_no_files() => Assert.Throws<RunException>(() => Open([]));

    [Theory]
    [InlineData(3)]
    [InlineData(70)]
    [InlineData(-5)]
    public void Is_made_anew_when_a_byte_is_damaged(int position)
    {
        var files = TestSounds.Write(_folder, 2);
        float[] values;
        string path;
        using (var cache = Open(files)) (values, path) = (Read(cache, 1), cache.Path);
        var bytes = File.ReadAllBytes(path);
        bytes[position < 0 ? bytes.Length + position : position] ^= 0x10;
        File.WriteAllBytes(path, bytes);

        using var repaired = Open(files);

        Assert.Equal(values, Read(repaired, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(1000)]
    public void Is_made_anew_when_its_end_is_missing(int length)
    {
        var files = TestSounds.Write(_folder, 2);
        float[] values;
        string path;
        using (var cache = Open(files)) (values, path) = (Read(cache, 1), cache.Path);
        using (var stream = File.OpenWrite(path)) stream.SetLength(length);

        using var repaired = Open(files);

        Assert.Equal(values, Read(repaired, 1));
    }

    [Fact]
    public void Cuts_recordings_of_more_than_a_minute_into_clips()
    {
        var file = TestSounds.Write(_folder, "long.wav", [.. Enumerable.Repeat(TestSounds.Waveform(1, 5), 25).SelectMany(w => w)]);

        using var cache = Open([file]);

        var whole = 1 + 60 * TestSounds.Rate / 220;
        Assert.Equal([whole, whole, 1 + 5 * TestSounds.Rate / 220], Enumerable.Range(0, cache.Count).Select(cache.FramesOf));
        Assert.All(Enumerable.Range(0, 3), clip => Assert.Equal(file, cache.PathOf(clip)));
    }

    [Fact]
    public void Stops_when_cancelled_and_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var files = TestSounds.Write(_folder, 20);

        Assert.ThrowsAny<OperationCanceledException>(() => LogMelCache.OpenOrCreate(
            CacheFolder, files, new(), new Cancel(cancellation), cancellation.Token));

        Assert.DoesNotContain(Directory.GetFiles(CacheFolder), f => !f.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuses_frames_that_a_clip_does_not_have()
    {
        using var cache = Open(TestSounds.Write(_folder, 1));

        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Read(0, cache.FramesOf(0) - 100, new float[101 * 96]));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Read(0, -1, new float[96]));
        cache.Read(0, cache.FramesOf(0) - 101, new float[101 * 96]);
    }

    private LogMelCache Open(IReadOnlyList<string> files, LogMelSettings? settings = null, IProgress<LogMelCacheProgress>? progress = null) =>
        LogMelCache.OpenOrCreate(CacheFolder, files, settings ?? new(), progress);

    private static float[] Read(LogMelCache cache, int clip)
    {
        var values = new float[cache.FramesOf(clip) * cache.Settings.MelBands];
        cache.Read(clip, 0, values);
        return values;
    }

    private static Npy Golden(string file) => Npy.Read(SharedData.Require("golden", file));

    private sealed class Reports(List<LogMelCacheProgress> reports) : IProgress<LogMelCacheProgress>
    {
        public void Report(LogMelCacheProgress value)
        {
            lock (reports) reports.Add(value);
        }
    }

    private sealed class Cancel(CancellationTokenSource source) : IProgress<LogMelCacheProgress>
    {
        public void Report(LogMelCacheProgress value) => source.Cancel();
    }
}
