using System.Runtime.InteropServices;
using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Makes the encoder's inputs from a batch of log-mel patches: mix-back, random resized crop, compression, noise, and only then the
/// normalisation. So mix-back finds true powers behind the log-mel, and what the settings say of compression and noise is in units of
/// log10 power, whatever the mean and the deviation of the data set.
/// </summary>
/// <remarks>
/// All values are drawn on the CPU (but for the noise itself), so that they are the same whatever the device. Every view draws its own;
/// only mix-back's share is common to both views of a clip.
/// </remarks>
internal sealed class ViewMaker(ViewSettings settings, InputNormalisation normalisation, Device device, ScalarType type)
{
    /// <summary>The first and the second views of all clips: two tensors [N, 1, frames, bands] in the caller's dispose scope.</summary>
    public (Tensor First, Tensor Second) Make(PatchBatch batch, TrainingPosition position)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var views = OnDevice(batch.Patches, batch);
        if (settings.MixBack is { } mixBack)
            views = MixBack.Apply(views, OnDevice(batch.Backgrounds!, batch), MixBack.Draw(mixBack, batch.Clips, position.Random("mix-back")));
        views = views.flatten(0, 1);
        var count = 2 * batch.Clips;
        if (settings.RandomResizedCrop is { } crop)
        {
            var crops = RandomResizedCrop.Draw(crop, count, batch.Frames, batch.Bands, position.Random("crop"));
            views = RandomResizedCrop.Apply(views, crops);
        }
        if (settings.Compression is { } compression)
            views = Compression.Apply(views, Compression.Draw(compression, count, position.Random("compression")));
        if (settings.GaussianNoise is { } noise)
        {
            var random = position.Random("noise");
            views = GaussianNoise.Apply(views, GaussianNoise.Draw(noise, count, random), random);
        }
        views = views.sub(normalisation.Mean).div_(normalisation.Std).unsqueeze(1).to(type);
        var halves = views.chunk(2, 0);
        return (halves[0].MoveToOuterDisposeScope(), halves[1].MoveToOuterDisposeScope());
    }

    private Tensor OnDevice(float[] values, PatchBatch batch)
    {
        var host = empty([2, batch.Clips, batch.Frames, batch.Bands], float32);
        MemoryMarshal.AsBytes<float>(values).CopyTo(host.bytes);
        return host.to(device);
    }
}
