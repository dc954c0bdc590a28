using Microsoft.ML;

namespace MlNetSer;

/// <summary>A fitted <see cref="SoundClassifierEstimator"/>.</summary>
public sealed class SoundClassifierTransformer : SoundModelTransformer
{
    internal SoundClassifierTransformer(ITransformer inner, TemporaryModelFile file)
        : base(inner, file)
    {
    }
}
