using MlNetSer.Audio;
using MlNetSer.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public sealed class RecoverNormalisationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vgg", 1e-4f)]
    [InlineData("crnn", 2.5f)]
    [InlineData("resnet18", 30f)]
    public void Finds_the_scale_under_which_batch_norm_saw_the_same_sounds(string architecture, float std)
    {
        using var scope = NewDisposeScope();
        using var cache = TestSounds.Cache(_folder, 4);
        using var encoder = SoundEncoders.Create(architecture, seed: 5);
        Remember(encoder, cache, std);

        var recovered = EncoderImport.RecoverNormalisation(encoder, cache);

        Assert.Equal(cache.Normalisation.Mean, recovered.Mean);
        Assert.InRange(recovered.Std, std * 0.999, std * 1.001);
    }

    [Fact]
    public void Comes_near_the_published_encoders_normalisation_from_other_sounds()
    {
        var files = SoundFile.Find(SharedData.Require("data", "esc10", "audio")).Where((_, i) => i % 8 == 0).ToList();
        using var cache = LogMelCache.OpenOrCreate(_folder.File("cache"), files, new());
        foreach (var architecture in new[] { "vgg", "crnn" })
        {
            using var encoder = EncoderImport.Load(SharedData.Require("golden", $"{architecture.ToUpperInvariant()}_best.pth"), architecture);

            var recovered = EncoderImport.RecoverNormalisation(encoder, cache);

            TestContext.Current.TestOutputHelper!.WriteLine($"{architecture}: mean {recovered.Mean}, std {recovered.Std}");
            // The reference's values, from all of these sounds.
            Assert.InRange(recovered.Mean, -1.2668 - 0.3, -1.2668 + 0.3);
            Assert.InRange(recovered.Std, 9.383e-05 * 0.9, 9.383e-05 * 1.1);
        }
    }

    [Fact]
    public void Silence_says_nothing()
    {
        using var cache = LogMelCache.OpenOrCreate(_folder.File("cache"), [TestSounds.Write(_folder, "silence.wav", new float[44100])], new());
        using var encoder = SoundEncoders.Create("vgg", seed: 5);

        Assert.Throws<ArgumentException>(() => EncoderImport.RecoverNormalisation(encoder, cache));
    }

    /// <summary>Gives the first batch norm the statistics of all patches of the cache under a scale.</summary>
    private static void Remember(SoundEncoder encoder, LogMelCache cache, float std)
    {
        using var noGradient = no_grad();
        var patches = new List<Tensor>();
        for (var clip = 0; clip < cache.Count; clip++)
        {
            for (var frame = 0; frame + 101 <= cache.FramesOf(clip); frame += 50)
            {
                var values = new float[101 * 96];
                cache.Read(clip, frame, values);
                patches.Add(tensor(values, [1, 1, 101, 96]));
            }
        }
        var convolution = encoder.modules().OfType<Conv2d>().First();
        var features = convolution.call((cat(patches) - cache.Normalisation.Mean) / std);
        encoder.modules().OfType<BatchNorm2d>().First().running_var!.copy_(features.var([0, 2, 3], unbiased: false));
    }
}
