using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Clips as a classifier's network takes them: some patches each, as arrays of numbers.</summary>
internal abstract class PatchInput
{
    /// <summary>Clips.</summary>
    public abstract int Clips { get; }

    /// <summary>The numbers of one patch: its shape without the patches' dimension.</summary>
    public abstract long[] PatchShape { get; }

    /// <summary>The patches over which a clip's predictions are averaged: one every so many frames, the last one at its end.</summary>
    public abstract int PatchesOf(int clip);

    /// <summary>Copies one of <see cref="PatchesOf"/>.</summary>
    public abstract void Read(int clip, int patch, Span<float> destination);

    /// <summary>Copies a patch drawn at random.</summary>
    public abstract void ReadRandom(int clip, StepRandom random, Span<float> destination);

    /// <summary>What the network is fed, from patches as they were copied.</summary>
    public virtual Tensor Prepare(Tensor patches, bool training) => patches;
}
