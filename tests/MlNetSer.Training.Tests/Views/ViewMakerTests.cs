using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class ViewMakerTests
{
    private static readonly TrainingPosition Position = new(3, 4, 5);
    private static readonly InputNormalisation Normalisation = new(-2, 3);
    private static readonly ViewSettings None = new() { MixBack = null, RandomResizedCrop = null, Compression = null, GaussianNoise = null };

    private static readonly ViewSettings AllOn = new()
    {
        TimeShift = new(),
        FrequencyShift = new(),
        TimeReversal = new(),
        SpecAugment = new(),
        GaussianBlur = new(),
    };

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

        var (first, second) = new ViewMaker(AllOn, Normalisation, CPU, float32).Make(batch, Position);

        var views = MixBack.Apply(
            tensor(batch.Patches, [2, 3, 101, 96]), tensor(batch.Backgrounds!, [2, 3, 101, 96]), MixBack.Draw(new(), 3, Position.Random("mix-back")));
        views = TimeShift.Apply(views.reshape(6, 101, 96), TimeShift.Draw(new(), 6, Position.Random("time shift")));
        views = FrequencyShift.Apply(views, FrequencyShift.Draw(new(), 6, Position.Random("frequency shift")));
        views = RandomResizedCrop.Apply(views, RandomResizedCrop.Draw(new(), 6, 101, 96, Position.Random("crop")));
        views = TimeReversal.Apply(views, TimeReversal.Draw(new(), 6, Position.Random("time reversal")));
        views = Compression.Apply(views, Compression.Draw(new(), 6, Position.Random("compression")));
        var random = Position.Random("masks");
        var bandMasks = SpecAugment.Draw(2, 20, 96, 6, random);
        views = SpecAugment.Apply(views, bandMasks, SpecAugment.Draw(2, 20, 101, 6, random), MaskFill.Min, random);
        random = Position.Random("noise");
        views = GaussianNoise.Apply(views, GaussianNoise.Draw(new(), 6, random), random);
        views = (GaussianBlur.Apply(views, GaussianBlur.Draw(new(), 6, Position.Random("blur"))) + 2) / 3;
        Assert.Equal(views[..3].contiguous().data<float>().ToArray(), first.contiguous().data<float>().ToArray(), Close);
        Assert.Equal(views[3..].contiguous().data<float>().ToArray(), second.contiguous().data<float>().ToArray(), Close);
    }

    [Fact]
    public void Makes_both_views_from_the_first_patch_where_asked_to()
    {
        var batch = Batch();
        using var scope = NewDisposeScope();

        var (first, second) = new ViewMaker(None with { Positives = PositivePatches.SamePatch }, Normalisation, CPU, float32).Make(batch, Position);

        Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
        for (var clip = 0; clip < 3; clip++)
            Assert.Equal(batch.Patch(0, clip).ToArray().Select(v => (v + 2) / 3), first[clip].data<float>().ToArray(), Close);

        // Each still gets its own background.
        var mixing = None with { Positives = PositivePatches.SamePatch, MixBack = new() };
        (first, second) = new ViewMaker(mixing, Normalisation, CPU, float32).Make(batch, Position);
        var patches = tensor(batch.Patches, [2, 3, 101, 96])[0].expand(2, 3, 101, 96);
        var mixed = MixBack.Apply(patches, tensor(batch.Backgrounds!, [2, 3, 101, 96]), MixBack.Draw(new(), 3, Position.Random("mix-back")));
        Assert.Equal(((mixed + 2) / 3).contiguous().data<float>().ToArray(), cat([first, second], 0).data<float>().ToArray(), Close);
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
