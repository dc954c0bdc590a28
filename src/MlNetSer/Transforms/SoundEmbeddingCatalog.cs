using Microsoft.ML;

namespace MlNetSer;

/// <summary>Sound embeddings in ML.NET pipelines.</summary>
public static class SoundEmbeddingCatalog
{
    /// <summary>
    /// Turns sounds into embeddings, vectors that a classifier can learn from with few labels. The fitted pipeline holds the sound
    /// model, so a saved one needs no ONNX file beside it. The transform reads each sound whenever its row is asked for: put
    /// <c>AppendCacheCheckpoint</c> behind it before a trainer that passes over the data several times. A sound goes through the model in one
    /// piece, so memory grows with the longest one (20 minutes take about 700 MB with the shipped model); <see cref="SoundEmbedder"/> takes
    /// recordings of any length apart.
    /// </summary>
    /// <param name="catalog">The transforms of the <see cref="MLContext"/>.</param>
    /// <param name="outputColumnName">The column that is added: the embedding, a vector of float.</param>
    /// <param name="inputColumnName">
    /// The column with the sounds: the path of a sound file (text), or a mono waveform at the model's sample rate, nominally in [-1, 1]
    /// (vector of float of fixed or variable size). A row whose sound cannot be read makes Fit or Transform throw an exception that names
    /// the file, ML.NET's own exceptions around it.
    /// </param>
    /// <param name="modelPath">The sound model's ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <returns>The estimator. It learns nothing from the data; fitting it checks the input column and opens the model.</returns>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    /// <exception cref="Onnx.SoundModelException">The file is no sound model; the message says why.</exception>
    public static SoundEmbeddingEstimator ApplySoundEmbedding(
        this TransformsCatalog catalog,
        string outputColumnName = "Features",
        string inputColumnName = "SoundPath",
        string? modelPath = null) =>
        catalog.ApplySoundEmbedding(new SoundEmbeddingOptions
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            ModelPath = modelPath,
        });

    /// <summary>As <see cref="ApplySoundEmbedding(TransformsCatalog, string, string, string?)"/>, with all settings.</summary>
    /// <param name="catalog">The transforms of the <see cref="MLContext"/>.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The estimator. It learns nothing from the data; fitting it checks the input column and opens the model.</returns>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    /// <exception cref="Onnx.SoundModelException">The file is no sound model; the message says why.</exception>
    public static SoundEmbeddingEstimator ApplySoundEmbedding(this TransformsCatalog catalog, SoundEmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new(catalog, options);
    }
}
