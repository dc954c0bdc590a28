namespace MlNetSer;

/// <summary>A fitted <see cref="SoundEmbeddingEstimator"/>.</summary>
/// <remarks>
/// Over a waveform column of variable size a saved pipeline loads even without this library. On the CPU, embeddings are those of <see cref="SoundEmbedder"/>, bit for bit; a pipeline that was saved and loaded
/// has ML.NET's ONNX transform in its place, whose embeddings differ by rounding (less than 0.0001).
/// </remarks>
public sealed class SoundEmbeddingTransformer : SoundModelTransformer
{
    internal SoundEmbeddingTransformer(FittedSoundModel model)
        : base(model)
    {
    }
}
