using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class ViewMakerTests
{
    private static readonly TrainingPosition Position = new(3, 4, 5);
    private static readonly InputNormalisation Normalisation = new(-2, 3);
    private static readonly ViewSettings None = new() { MixBack = null, RandomResizedCrop = null, Compression = null, GaussianNoise = null };

    [Fact]
    public void Without_augmentations_normalises_and_keeps_the_views_apart()
    {
        var batch = Batch();
        using var scope = NewDisposeScope();

        var (first, second) = new ViewMaker(None, Normalisation, CPU, float32).Make(batch, Position);

        Assert.Equal([3, 1, 101, 96], first.shape);
        for (var clip = 0; clip < 3; clip++)
        {
            Assert.Equal(batch.Patch(0, clip).ToArray().Select(v => (v + 2) / 3), first[clip].data<float>().ToArray(), Close);
            Assert.Equal(batch.Patch(1, clip).ToArray().Select(v => (v + 2) / 3), second[clip].data<float>().ToArray(), Close);
        }
    }

    [Fact]
    public void Does_all_in_the_published_order_with_the_normalisation_last()
    {
        var batch = Batch();
        using var scope = NewDisposeScope();
        var settings = new ViewSettings();

        var (first, second) = new ViewMaker(settings, Normalisation, CPU, float32).Make(batch, Position);

        var views = MixBack.Apply(
            tensor(batch.Patches, [2, 3, 101, 96]), tensor(batch.Backgrounds!, [2, 3, 101, 96]), MixBack.Draw(new(), 3, Position.Random("mix-back")));
        views = RandomResizedCrop.Apply(views.reshape(6, 101, 96), RandomResizedCrop.Draw(new(), 6, 101, 96, Position.Random("crop")));
        views = Compression.Apply(views, Compression.Draw(new(), 6, Position.Random("compression")));
        var random = Position.Random("noise");
        views = (GaussianNoise.Apply(views, GaussianNoise.Draw(new(), 6, random), random) + 2) / 3;
        Assert.Equal(views[..3].contiguous().data<float>().ToArray(), first.contiguous().data<float>().ToArray(), Close);
        Assert.Equal(views[3..].contiguous().data<float>().ToArray(), second.contiguous().data<float>().ToArray(), Close);
    }

    [Theory]
    [MemberData(nameof(Augmentations))]
    public void Draws_for_each_view_of_its_own(string name, ViewSettings settings)
    {
        var batch = Batch();
        batch.Patch(0, 0).CopyTo(batch.Patch(1, 0));
        batch.Patch(0, 0).CopyTo(batch.Patch(0, 1));
        using var scope = NewDisposeScope();

        // Some draws are the same by chance, one of two reversals or one of four kernels, but hardly twenty times.
        var (views, clips) = (0f, 0f);
        for (var step = 0; step < 20; step++)
        {
            var (first, second) = new ViewMaker(settings, Normalisation, CPU, float32).Make(batch, Position with { Step = step });
            views = Math.Max(views, (first[0] - second[0]).abs().max().item<float>());
            clips = Math.Max(clips, (first[0] - first[1]).abs().max().item<float>());
        }

        Assert.True(views > 1e-3, $"{name}: both views of a clip are the same");
        Assert.True(clips > 1e-3, $"{name}: two clips are changed alike");
    }

    [Fact]
    public void Leaves_the_batch_as_it_is_and_no_gradients_behind()
    {
        var batch = Batch();
        var patches = batch.Patches.ToArray();
        using var scope = NewDisposeScope();

        var (first, _) = new ViewMaker(new(), Normalisation, CPU, float32).Make(batch, Position);

        Assert.Equal(patches, batch.Patches);
        Assert.False(first.requires_grad);
    }

    public static TheoryData<string, ViewSettings> Augmentations => new()
    {
        { "crop", None with { RandomResizedCrop = new() } },
        { "compression", None with { Compression = new() } },
        { "noise", None with { GaussianNoise = new() } },
        { "time shift", None with { TimeShift = new() } },
        { "frequency shift", None with { FrequencyShift = new() } },
        { "time reversal", None with { TimeReversal = new() } },
        { "masks", None with { SpecAugment = new() } },
        { "blur", None with { GaussianBlur = new() } },
    };

    private static PatchBatch Batch()
    {
        var batch = new PatchBatch(3, 101, 96, MixBackBackgrounds.OtherClips);
        var patches = Patches.Random(12, seed: 8);
        for (var i = 0; i < 6; i++)
        {
            patches[i].Cast<double>().Select(v => (float)v).ToArray().CopyTo(batch.Patch(i / 3, i % 3));
            patches[6 + i].Cast<double>().Select(v => (float)v).ToArray().CopyTo(batch.Background(i / 3, i % 3));
        }
        return batch;
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-5;
}
