using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

[Collection(nameof(ThreadedTorch))]
public sealed class WhiteningTests : IDisposable
{
    private static readonly WhiteningSettings Strong = new() { Directions = 5, Shrinkage = 0, Patches = 600 };

    private static readonly PretrainSettings Tiny = new() { Epochs = 2, BatchSize = 4, Seed = 3, Whitening = Strong };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Gives_the_strongest_directions_the_variance_of_the_next_one_and_leaves_the_others_alone()
    {
        var source = new RandomPatches(64);
        using var encoder = SoundEncoders.Create("vgg", seed: 7);
        var run = RunDescription.Of(Tiny with { BatchSize = 64 }, source);
        var before = Embeddings(encoder, source);

        var whitening = Whitening.Fit(Strong with { Patches = 4000 }, encoder, source, run, TestContext.Current.CancellationToken);

        var (old, now) = (Variances(before), Variances([.. before.Select(h => Apply(whitening, h))]));
        Assert.True(old[0] > 3 * old[5], $"nothing to even out: {old[0]}, {old[5]}");
        // The patches are others than those that it was fitted to.
        for (var i = 0; i < 6; i++) Assert.InRange(now[i] / old[5], 0.7, 1.4);
        for (var i = 6; i < 12; i++) Assert.InRange(now[i] / old[i], 0.8, 1.25);
    }

    [Fact]
    public void Weakens_a_direction_less_the_more_it_is_shrunk()
    {
        var source = new RandomPatches(16);
        using var encoder = SoundEncoders.Create("vgg", seed: 7);
        var run = RunDescription.Of(Tiny with { BatchSize = 16 }, source);

        float[] Gains(double shrinkage) => Whitening.Fit(Strong with { Shrinkage = shrinkage }, encoder, source, run, TestContext.Current.CancellationToken).Gains;

        var (full, some, little) = (Gains(0), Gains(1), Gains(100));
        for (var i = 0; i < full.Length; i++) Assert.True(1 > full[i] && full[i] > some[i] && some[i] > little[i] && little[i] > 0, $"{full[i]}, {some[i]}, {little[i]}");
        Assert.Equal(full.OrderDescending(), full);
    }

    [Fact]
    public void Is_part_of_a_finished_runs_model()
    {
        var run = _folder.File("run");
        new Pretrainer(new RandomPatches(8, new()), run).Run(Tiny);
        EncoderExport.Export(run, _folder.File("whitened.onnx"));
        using var encoder = SoundEncoders.Create("vgg", seed: 3);
        Checkpoint.Read(RunFolder.CheckpointPath(run), encoder);
        EncoderExport.ToModel(encoder, SoundModelInfo.Read(_folder.File("whitened.onnx"))).Save(_folder.File("plain.onnx"));
        var whitening = Whitening.Read(RunFolder.WhiteningPath(run), encoder.EmbeddingSize);

        using var plain = FrontEndPatches.Session(File.ReadAllBytes(_folder.File("plain.onnx")));
        using var whitened = FrontEndPatches.Session(File.ReadAllBytes(_folder.File("whitened.onnx")));
        var waveform = TestSounds.Waveform(3, 4);
        var expected = FrontEndPatches.Run(plain, waveform, "patch_embeddings")[0].Chunk(encoder.EmbeddingSize).SelectMany(h => Apply(whitening, h));
        var actual = FrontEndPatches.Run(whitened, waveform, "patch_embeddings")[0];
        Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.True(actual.Max(Math.Abs) > 0.1f);
    }

    [Fact]
    public void Is_that_of_an_uninterrupted_run_wherever_a_run_was_stopped()
    {
        // The smallest embedding, so that little is to be fitted.
        var settings = Tiny with { Encoder = "crnn", Whitening = Strong with { Patches = 80 } };
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        new Pretrainer(new RandomPatches(8, new()), whole).Run(settings);
        using (var stop = new CancellationTokenSource())
            Assert.Throws<OperationCanceledException>(() => new Pretrainer(new RandomPatches(8, new()), parts).Run(settings, new Cancelling(stop), stop.Token));

        // When the last epoch is done, while the patches are gathered that it is fitted to, and then not at all.
        using (var stop = new CancellationTokenSource())
            Assert.Throws<OperationCanceledException>(() => new Pretrainer(new RandomPatches(8, new()) { Filling = p => CancelAfter(p, stop) }, parts).Resume(null, stop.Token));
        Assert.False(File.Exists(RunFolder.WhiteningPath(parts)));
        Assert.Equal(File.ReadAllBytes(RunFolder.CheckpointPath(whole)), File.ReadAllBytes(RunFolder.CheckpointPath(parts)));
        File.WriteAllText(RunFolder.WhiteningPath(parts) + ".partial", "half");
        new Pretrainer(new RandomPatches(8, new()), parts).Resume();

        Assert.Equal(File.ReadAllBytes(RunFolder.WhiteningPath(whole)), File.ReadAllBytes(RunFolder.WhiteningPath(parts)));
        Assert.Empty(Directory.GetFiles(parts, "*.partial"));

        static void CancelAfter(TrainingPosition position, CancellationTokenSource stop)
        {
            if (position.Epoch > Tiny.Epochs) stop.Cancel();
        }
    }

    [Fact]
    public void Is_fitted_when_a_run_is_resumed_that_ended_before_and_only_then()
    {
        var (source, run) = (new RandomPatches(8, new()), _folder.File("run"));
        new Pretrainer(source, run).Run(Tiny);
        var whitening = File.ReadAllBytes(RunFolder.WhiteningPath(run));
        File.Delete(RunFolder.WhiteningPath(run));

        var error = Assert.Throws<RunException>(() => EncoderExport.Export(run, _folder.File("encoder.onnx")));
        new Pretrainer(source, run).Resume();

        Assert.Contains("resume the run", error.Message, StringComparison.Ordinal);
        Assert.Equal(whitening, File.ReadAllBytes(RunFolder.WhiteningPath(run)));
        File.WriteAllText(RunFolder.WhiteningPath(run), "not one");
        Assert.Throws<RunException>(() => EncoderExport.Export(run, _folder.File("encoder.onnx")));
    }

    [Fact]
    public void Is_no_part_of_a_model_of_an_unfinished_run()
    {
        var run = _folder.File("run");
        using var stop = new CancellationTokenSource();
        var pretrainer = new Pretrainer(new RandomPatches(8, new()), run);
        Assert.Throws<OperationCanceledException>(() => pretrainer.Run(Tiny, new Cancelling(stop), stop.Token));

        EncoderExport.Export(run, _folder.File("encoder.onnx"));

        Assert.False(File.Exists(RunFolder.WhiteningPath(run)));
        Assert.True(File.Exists(_folder.File("encoder.onnx")));
    }

    [Fact]
    public void Has_fewer_directions_than_an_embedding_has()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new Pretrainer(new RandomPatches(8), _folder.File("run")).Run(Tiny with { Encoder = "crnn", Whitening = new() { Directions = 64 } }));
        Assert.Contains("whitening.directions is 64, expected less than the 64 elements", error.Message, StringComparison.Ordinal);
    }

    private static double[][] Embeddings(SoundEncoder encoder, RandomPatches source)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        encoder.eval();
        var embeddings = new List<double[]>();
        for (var epoch = 500; epoch < 530; epoch++)
        {
            var batch = new PatchBatch(64, source.LogMel.PatchFrames, source.LogMel.MelBands, MixBackBackgrounds.OtherClips);
            source.Fill(batch, new TrainingPosition(1, epoch, 0));
            var input = tensor(batch.Patches, [128, 1, batch.Frames, batch.Bands]).sub(-2).div(1.5);
            embeddings.AddRange(encoder.call(input).data<float>().ToArray().Select(v => (double)v).Chunk(512));
        }
        return [.. embeddings];
    }

    /// <summary>As the formula says it, element by element.</summary>
    private static double[] Apply(Whitening whitening, double[] embedding)
    {
        var size = embedding.Length;
        double[] centred = [.. embedding.Select((v, d) => v - whitening.Mean[d])];
        double[] result = [.. centred];
        for (var i = 0; i < whitening.Gains.Length; i++)
        {
            var along = 0.0;
            for (var d = 0; d < size; d++) along += centred[d] * whitening.Directions[i * size + d];
            for (var d = 0; d < size; d++) result[d] -= whitening.Gains[i] * along * whitening.Directions[i * size + d];
        }
        return result;
    }

    private static IEnumerable<float> Apply(Whitening whitening, float[] embedding) => Apply(whitening, embedding.Select(v => (double)v).ToArray()).Select(v => (float)v);

    /// <summary>Along the principal directions, the largest first.</summary>
    private static double[] Variances(double[][] embeddings)
    {
        using var scope = NewDisposeScope();
        var values = tensor([.. embeddings.SelectMany(e => e)], [embeddings.Length, embeddings[0].Length]);
        var singular = linalg.svdvals(values - values.mean([0L], keepdim: true));
        return [.. singular.data<double>().ToArray().Select(s => s * s / (embeddings.Length - 1))];
    }

    private sealed class Cancelling(CancellationTokenSource stop) : IProgress<PretrainProgress>
    {
        public void Report(PretrainProgress value) => stop.Cancel();
    }
}
