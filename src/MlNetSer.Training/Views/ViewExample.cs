using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// How the two views of a clip come about (section 2 of the paper), step by step, for people to look at. Drawn as pretraining draws them, by the same
/// code; not normalised, so that all pictures share one scale.
/// </summary>
/// <param name="Clip">The whole clip.</param>
/// <param name="BackgroundShare">Mix-back's lambda, common to both views; null without mix-back.</param>
/// <param name="First">The first view.</param>
/// <param name="Second">The second view.</param>
public sealed record ViewExample(LogMelSpectrogram Clip, double? BackgroundShare, ViewSteps First, ViewSteps Second)
{
    static ViewExample() => TorchOnnx.TorchRuntime.EnsureLoaded();

    /// <summary>Makes an example of a clip.</summary>
    /// <param name="sounds">
    /// The spectrograms of the clip and of others, from which backgrounds are drawn where the settings want them; from two different ones as in training, if
    /// there are so many; where there are no others, from the clip itself.
    /// </param>
    /// <param name="clip">The clip's number, from 0.</param>
    /// <param name="settings">What is done to the views.</param>
    /// <param name="seed">Another seed draws other patches, backgrounds and augmentations.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such clip.</exception>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public static ViewExample Make(LogMelCache sounds, int clip, ViewSettings settings, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)clip, (uint)sounds.Count, nameof(clip));
        settings.Validate();
        var position = new TrainingPosition(seed, Epoch: 0, Step: clip);
        var random = position.Random("patches");
        var (frames, bands) = (sounds.Settings.PatchFrames, sounds.Settings.MelBands);
        var batch = new PatchBatch(clips: 1, frames, bands, settings.MixBack?.Backgrounds);
        int[] starts = [Read(clip, batch.Patch(0, 0)), Read(clip, batch.Patch(1, 0))];
        if (settings.Positives is PositivePatches.SamePatch)
        {
            batch.Patch(0, 0).CopyTo(batch.Patch(1, 0));
            starts[1] = starts[0];
        }
        int[] backgrounds = [clip, clip];
        if (settings.MixBack is { Backgrounds: MixBackBackgrounds.OtherClips } && sounds.Count > 1)
        {
            var (first, second) = sounds.Count > 2 ? random.TwoOthers(clip, sounds.Count) : (1 - clip, 1 - clip);
            backgrounds = [first, second];
        }
        if (batch.HasBackgrounds)
        {
            for (var view = 0; view < 2; view++) Read(backgrounds[view], batch.Background(view, 0));
        }

        var mixes = Run(new() { Positives = settings.Positives, MixBack = settings.MixBack, RandomResizedCrop = null, Compression = null, GaussianNoise = null });
        var views = Run(settings);
        ViewSteps[] steps = [.. Enumerable.Range(0, 2).Select(view => new ViewSteps(
            starts[view],
            Of(batch.Patch(view, 0).ToArray()),
            batch.HasBackgrounds ? sounds.PathOf(backgrounds[view]) : null,
            batch.HasBackgrounds ? Of(batch.Background(view, 0).ToArray()) : null,
            mixes[view],
            views[view]))];
        var whole = new float[sounds.FramesOf(clip) * bands];
        sounds.Read(clip, 0, whole);
        double? share = settings.MixBack is { } mixBack ? MixBack.Draw(mixBack, 1, position.Random("mix-back"))[0] : null;
        return new(new(sounds.FramesOf(clip), bands, whole), share, steps[0], steps[1]);

        int Read(int source, Span<float> patch)
        {
            var first = random.Below(sounds.FramesOf(source) - frames + 1);
            sounds.Read(source, first, patch);
            return first;
        }

        LogMelSpectrogram[] Run(ViewSettings applied)
        {
            using var scope = NewDisposeScope();
            var (first, second) = new ViewMaker(applied, new(0, 1), CPU, float32).Make(batch, position);
            return [Of(first.data<float>().ToArray()), Of(second.data<float>().ToArray())];
        }

        LogMelSpectrogram Of(float[] values) => new(frames, bands, values);
    }
}

/// <summary>How one view comes about.</summary>
/// <param name="FirstFrame">Where in the clip its patch begins.</param>
/// <param name="Original">The patch.</param>
/// <param name="BackgroundPath">The sound file that the background is from; null without mix-back.</param>
/// <param name="Background">The background patch, before it is brought to the patch's energy; null without mix-back.</param>
/// <param name="Mix">The patch after mix-back.</param>
/// <param name="View">The view: the mix after all augmentations, as the encoder gets it, but not normalised.</param>
public sealed record ViewSteps(
    int FirstFrame, LogMelSpectrogram Original, string? BackgroundPath, LogMelSpectrogram? Background, LogMelSpectrogram Mix, LogMelSpectrogram View);
