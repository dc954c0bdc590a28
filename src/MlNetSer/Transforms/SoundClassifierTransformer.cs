namespace MlNetSer;

/// <summary>A fitted <see cref="SoundClassifierEstimator"/>.</summary>
public sealed class SoundClassifierTransformer : SoundModelTransformer
{
    internal SoundClassifierTransformer(FittedSoundModel model)
        : base(model)
    {
    }
}
