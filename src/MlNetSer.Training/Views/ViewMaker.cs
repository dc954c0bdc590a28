using System.Runtime.InteropServices;
using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Makes the encoder's inputs from a batch of log-mel patches: mix-back, the augmentations in the order of the settings, and only then the
/// normalisation. So mix-back finds true powers behind the log-mel, and what the settings say of compression, masks and noise is in units
/// of log10 power, whatever the mean and the deviation of the data set.
/// </summary>
/// <remarks>
/// All values are drawn on the CPU (but for noise itself), so that they are the same whatever the device. Every view draws its own;
/// only mix-back's share is common to both views of a clip.
/// </remarks>
internal sealed class ViewMaker(ViewSettings settings, InputNormalisation normalisation, Device device, ScalarType type)
{
    /// <summary>The first and the second views of all clips: two tensors [N, 1, frames, bands] in the caller's dispose scope.</summary>
    public (Tensor First, Tensor Second) Make(PatchBatch batch, TrainingPosition position)
    {
        using var pause = FinaliserPause.Begin();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var patches = OnDevice(batch.Patches, batch);
        if (settings.Positives is PositivePatches.SamePatch) patches = patches.narrow(0, 0, 1).expand_as(patches);
        if (settings.MixBack is { } mixBack)
            patches = MixBack.Apply(patches, OnDevice(batch.Backgrounds!, batch), MixBack.Draw(mixBack, batch.Clips, position.Random("mix-back")));
        var views = Augment(patches.flatten(0, 1), position);
        views = views.sub(normalisation.Mean).div_(normalisation.Std).unsqueeze(1).to(type);
        var halves = views.chunk(2, 0);
        return (halves[0].MoveToOuterDisposeScope(), halves[1].MoveToOuterDisposeScope());
    }

    /// <summary>All augmentations that are on, of views [P, frames, bands].</summary>
    private Tensor Augment(Tensor views, TrainingPosition position)
    {
        var (count, frames, bands) = ((int)views.shape[0], (int)views.shape[1], (int)views.shape[2]);
        if (settings.FrequencyResponse is { } response)
            views = FrequencyResponse.Apply(views, FrequencyResponse.Draw(response, count, position.Random("frequency response")), response.Points);
        if (settings.TimeShift is { } timeShift)
            views = TimeShift.Apply(views, TimeShift.Draw(timeShift, count, position.Random("time shift")));
        if (settings.FrequencyShift is { } frequencyShift)
            views = FrequencyShift.Apply(views, FrequencyShift.Draw(frequencyShift, count, position.Random("frequency shift")));
        if (settings.RandomResizedCrop is { } crop)
            views = RandomResizedCrop.Apply(views, RandomResizedCrop.Draw(crop, count, frames, bands, position.Random("crop")));
        if (settings.TimeReversal is { } reversal)
            views = TimeReversal.Apply(views, TimeReversal.Draw(reversal, count, position.Random("time reversal")));
        if (settings.Compression is { } compression)
            views = Compression.Apply(views, Compression.Draw(compression, count, position.Random("compression")));
        if (settings.SpecAugment is { } masks)
        {
            var random = position.Random("masks");
            var bandMasks = SpecAugment.Draw(masks.FrequencyMasks, masks.MaxBands, bands, count, random);
            var frameMasks = SpecAugment.Draw(masks.TimeMasks, masks.MaxFrames, frames, count, random);
            views = SpecAugment.Apply(views, bandMasks, frameMasks, masks.Fill, random);
        }
        if (settings.GaussianNoise is { } noise)
        {
            var random = position.Random("noise");
            views = GaussianNoise.Apply(views, GaussianNoise.Draw(noise, count, random), random);
        }
        if (settings.GaussianBlur is { } blur)
            views = GaussianBlur.Apply(views, GaussianBlur.Draw(blur, count, position.Random("blur")));
        return views;
    }

    private Tensor OnDevice(float[] values, PatchBatch batch)
    {
        var host = empty([2, batch.Clips, batch.Frames, batch.Bands], float32);
        MemoryMarshal.AsBytes<float>(values).CopyTo(host.bytes);
        return host.to(device);
    }
}
