using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

[Collection(nameof(ThreadedTorch))]
public sealed class NeighbourMonitorTests : IDisposable
{
    private static readonly SoundModelInfo Info = new() { Name = "n", Encoder = "vgg", EmbeddingSize = 512, Normalisation = new(-1, 2) };

    private readonly TemporaryFolder _folder = new();
    private readonly LogMelCache _cache;
    private readonly ITestOutputHelper _output;

    public NeighbourMonitorTests(ITestOutputHelper output) => (_output, _cache) = (output, TestSounds.Cache(_folder, 6, seconds: 2.6));

    public void Dispose()
    {
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Measures_what_a_naive_pass_over_all_patches_does()
    {
        const int Clips = 36;
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        int LabelOf(int clip) => clip % 8 / 3;
        var files = Enumerable.Range(0, Clips)
            .Select(i => TestSounds.Write(folder, $"{LabelOf(i)}-{i}.wav", TestSounds.Waveform(i % 8, 3.2 + 0.03 * i))).ToList();
        using var cache = LogMelCache.OpenOrCreate(folder.File("cache"), files, new(), cancellationToken: TestContext.Current.CancellationToken);
        using var encoder = SoundEncoders.Create("vgg", seed: 3);
        using var head = new ProjectionHead(encoder.EmbeddingSize, seed: 4);
        encoder.eval();
        head.eval();
        var snapshot = new PretrainSnapshot(1, encoder, head, Info);

        var monitor = new NeighbourMonitor(cache, path => Path.GetFileName(path)[..1]);
        var accuracy = monitor.Measure(snapshot, TestContext.Current.CancellationToken);

        var patches = new List<(int Clip, double[] Direction)>();
        for (var clip = 0; clip < Clips; clip++)
        {
            var frames = cache.FramesOf(clip);
            // Every 50 frames, and the last 101.
            foreach (var first in Enumerable.Range(0, frames).Where(f => f + 101 <= frames && (f % 50 == 0 || f + 101 == frames)))
            {
                var patch = new float[101 * 96];
                cache.Read(clip, first, patch);
                using var noGradient = no_grad();
                var input = tensor([.. patch.Select(v => (v + 1) / 2)], [1, 1, 101, 96]);
                patches.Add((clip, [.. head.call(encoder.call(input)).data<float>().ToArray().Select(v => (double)v)]));
            }
        }
        Assert.True(patches.Count > 220, $"{patches.Count} patches");
        var decisions = Enumerable.Range(0, Clips).Select(clip =>
        {
            var votes = patches.Where(p => p.Clip == clip).Select(patch => Vote(patch.Direction, patches.Where(other => other.Clip != clip))).ToList();
            var (label, lead) = Majority(votes.Select(v => v.Label));
            // One vote that goes to another label takes two from the lead.
            return (IsRight: label == LabelOf(clip), IsSure: lead > 2 * votes.Count(v => !v.IsSure));
        }).ToList();
        var unsure = decisions.Count(d => !d.IsSure);
        var right = decisions.Count(d => d is { IsRight: true, IsSure: true });
        _output.WriteLine($"{right} of {Clips} right and {unsure} unsure, {accuracy:0.000} measured");
        Assert.InRange(unsure, 0, 9);
        Assert.InRange(right, Clips / 4, Clips - unsure - 1);
        Assert.InRange((int)Math.Round(accuracy * Clips), right, right + unsure);

        (int Label, bool IsSure) Vote(double[] direction, IEnumerable<(int Clip, double[] Direction)> others)
        {
            var nearest = others.Select(o => (o.Clip, Similarity: o.Direction.Zip(direction, (a, b) => a * b).Sum())).OrderByDescending(o => o.Similarity).ToList();
            var (label, lead) = Majority(nearest.Take(200).Select(o => LabelOf(o.Clip)));
            // Which of two is the last one of the nearest is a matter of rounding where they are about as near.
            return (label, lead > 2 || (lead > 0 && nearest[199].Similarity - nearest[200].Similarity > 1e-5));
        }

        static (int Label, int Lead) Majority(IEnumerable<int> labels)
        {
            var counts = labels.CountBy(l => l).OrderByDescending(c => c.Value).ToList();
            return (counts[0].Key, counts[0].Value - counts.ElementAtOrDefault(1).Value);
        }
    }

    /// <summary>Of so few patches all others vote, whatever the networks say, so that labels follow from their numbers.</summary>
    [Fact]
    public void A_patch_that_ends_with_its_clip_votes_once()
    {
        using var folder = new TemporaryFolder();
        // Two patches each, and five: of a "b" sound's neighbours four are "a" and five are "b".
        (string Name, int Frames)[] sounds = [("a1", 151), ("a2", 151), ("b1", 276), ("b2", 276)];
        var files = sounds.Select((s, i) => TestSounds.Write(folder, $"{s.Name}.wav", TestSounds.Waveform(i, (s.Frames - 1) * 220.5 / TestSounds.Rate))).ToList();
        using var cache = LogMelCache.OpenOrCreate(folder.File("cache"), files, new(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(sounds.Select(s => s.Frames), Enumerable.Range(0, 4).Select(cache.FramesOf));
        using var encoder = SoundEncoders.Create("vgg", seed: 3);
        using var head = new ProjectionHead(encoder.EmbeddingSize, seed: 4);
        encoder.eval();
        head.eval();

        var accuracy = new NeighbourMonitor(cache, path => Path.GetFileName(path)[..1]).Measure(new(1, encoder, head, Info), TestContext.Current.CancellationToken);

        Assert.Equal(0.5, accuracy);
    }

    [Fact]
    public void Stops_when_asked_to()
    {
        using var scope = NewDisposeScope();
        using var encoder = SoundEncoders.Create("vgg", seed: 3);
        using var head = new ProjectionHead(encoder.EmbeddingSize, seed: 4);
        var monitor = new NeighbourMonitor(_cache, path => Path.GetFileNameWithoutExtension(path));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => monitor.Measure(new PretrainSnapshot(1, encoder, head, Info), cancelled.Token));
    }

    [Fact]
    public void Does_not_disturb_training()
    {
        var settings = new PretrainSettings { Epochs = 2, BatchSize = 3, Seed = 5 };
        var source = new CachedPatchSource(_cache, "tones");
        var (plain, monitored) = (_folder.File("plain"), _folder.File("monitored"));
        new Pretrainer(source, plain).Run(settings, cancellationToken: TestContext.Current.CancellationToken);
        var neighbours = new NeighbourMonitor(_cache, path => Path.GetFileNameWithoutExtension(path));

        var curve = new Pretrainer(source, monitored)
        {
            Monitor = new PretrainMonitor(1, (snapshot, token) => new(Neighbours: neighbours.Measure(snapshot, token))),
        }.Run(settings, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(curve, p => Assert.InRange(p.Accuracy.Neighbours!.Value, 0, 1));
        Assert.Equal(File.ReadAllBytes(RunFolder.CheckpointPath(plain)), File.ReadAllBytes(RunFolder.CheckpointPath(monitored)));
        Assert.StartsWith("epoch,loss,learning_rate,patches_per_second,linear_accuracy,knn_accuracy\n1,", File.ReadAllText(RunFolder.CurvePath(monitored)));
    }

    [Fact]
    public void Needs_two_labels() =>
        Assert.Contains("'tone'", Assert.Throws<ArgumentException>(() => new NeighbourMonitor(_cache, _ => "tone")).Message);
}
