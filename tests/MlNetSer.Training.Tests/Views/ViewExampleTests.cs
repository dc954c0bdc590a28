using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

public sealed class ViewExampleTests : IDisposable
{
    private static readonly ViewSettings MixOnly = new() { RandomResizedCrop = null, Compression = null, GaussianNoise = null };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_steps_are_those_of_the_method()
    {
        using var sounds = TestSounds.Cache(_folder, 4);
        var example = ViewExample.Make(sounds, 2, MixOnly, seed: 5);

        Assert.Equal((sounds.FramesOf(2), 96), (example.Clip.Frames, example.Clip.Bands));
        var share = example.BackgroundShare!.Value;
        Assert.InRange(share, 0.0001, 0.05);
        foreach (var view in (ViewSteps[])[example.First, example.Second])
        {
            for (var band = 0; band < 96; band++) Assert.Equal(example.Clip[view.FirstFrame + 100, band], view.Original[100, band]);
            Assert.DoesNotContain("sound2", view.BackgroundPath!, StringComparison.Ordinal);
            // Equation 1, in double precision.
            double Energy(LogMelSpectrogram s) => s.Values.Sum(v => Math.Pow(10, v));
            var gain = Energy(view.Original) / Energy(view.Background!);
            for (var i = 0; i < view.Mix.Values.Count; i++)
            {
                var mixed = ((1 - share) * Math.Pow(10, view.Original.Values[i])) + (share * gain * Math.Pow(10, view.Background!.Values[i]));
                Assert.Equal(Math.Log10(mixed), view.Mix.Values[i], 1e-4);
            }
            // Nothing else is on.
            Assert.Equal(view.Mix.Values, view.View.Values);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_another_one_something_else()
    {
        using var sounds = TestSounds.Cache(_folder, 3);
        ViewExample one = ViewExample.Make(sounds, 0, new(), 1), same = ViewExample.Make(sounds, 0, new(), 1), other = ViewExample.Make(sounds, 0, new(), 2);
        Assert.Equal(one.Second.View.Values, same.Second.View.Values);
        Assert.NotEqual(one.Second.View.Values, other.Second.View.Values);
        // Two different clips, of three the two others.
        Assert.NotEqual(other.First.BackgroundPath, other.Second.BackgroundPath);
        Assert.NotEqual(one.First.BackgroundPath, one.Second.BackgroundPath);
        // Augmentations leave none of the mix as it was.
        Assert.NotEqual(one.First.Mix.Values, one.First.View.Values);
    }

    [Fact]
    public void Without_mix_back_there_are_no_backgrounds_and_a_single_sound_is_its_own()
    {
        using var sounds = TestSounds.Cache(_folder, 1);
        var plain = ViewExample.Make(sounds, 0, MixOnly with { MixBack = null, Positives = PositivePatches.SamePatch });
        Assert.Null(plain.BackgroundShare);
        Assert.Null(plain.First.Background);
        Assert.Equal(plain.First.FirstFrame, plain.Second.FirstFrame);
        Assert.Equal(plain.First.Original.Values, plain.Second.View.Values);
        Assert.Equal(sounds.PathOf(0), ViewExample.Make(sounds, 0, new()).First.BackgroundPath);
        Assert.Throws<ArgumentOutOfRangeException>(() => ViewExample.Make(sounds, 1, new()));
    }
}
