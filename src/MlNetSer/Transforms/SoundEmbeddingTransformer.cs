using Microsoft.ML;

namespace MlNetSer;

/// <summary>A fitted <see cref="SoundEmbeddingEstimator"/>.</summary>
/// <remarks>Over a waveform column of variable size a saved pipeline loads even without this library.</remarks>
public sealed class SoundEmbeddingTransformer : SoundModelTransformer
{
    internal SoundEmbeddingTransformer(ITransformer inner, TemporaryModelFile file)
        : base(inner, file)
    {
    }
}
