using Microsoft.ML;

namespace MlNetSer;

/// <summary>Sound classifiers in ML.NET pipelines.</summary>
public static class SoundClassifierCatalog
{
    /// <summary>
    /// Labels sounds by a classifier that was trained before (<c>mlnetser finetune</c> writes one). Nothing is learnt from the data. The fitted
    /// pipeline holds the classifier, so a saved one needs no ONNX file beside it. A sound goes through the model in one piece, so memory
    /// grows with the longest one; <see cref="SoundPredictor"/> takes recordings of any length apart.
    /// </summary>
    /// <param name="catalog">The transforms of the <see cref="MLContext"/>.</param>
    /// <param name="modelPath">The sound classifier's ONNX file.</param>
    /// <param name="predictedLabelColumnName">The column that is added for the most probable label: text.</param>
    /// <param name="scoreColumnName">The column that is added for the labels' probabilities: a vector of float whose slots have the labels as names.</param>
    /// <param name="inputColumnName">
    /// The column with the sounds: the path of a sound file (text), or a mono waveform at the model's sample rate, nominally in [-1, 1]
    /// (vector of float of fixed or variable size). A row whose sound cannot be read makes Transform throw an exception that names
    /// the file, ML.NET's own exceptions around it.
    /// </param>
    /// <returns>The estimator. Fitting it checks the input column and opens the model.</returns>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    /// <exception cref="Onnx.SoundModelException">The file is no sound classifier; the message says why.</exception>
    public static SoundClassifierEstimator ApplySoundClassifier(
        this TransformsCatalog catalog,
        string modelPath,
        string predictedLabelColumnName = "PredictedLabel",
        string scoreColumnName = "Score",
        string inputColumnName = "SoundPath") =>
        catalog.ApplySoundClassifier(new SoundClassifierOptions
        {
            ModelPath = modelPath,
            PredictedLabelColumnName = predictedLabelColumnName,
            ScoreColumnName = scoreColumnName,
            InputColumnName = inputColumnName,
        });

    /// <summary>As <see cref="ApplySoundClassifier(TransformsCatalog, string, string, string, string)"/>, with all settings.</summary>
    /// <param name="catalog">The transforms of the <see cref="MLContext"/>.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The estimator. Fitting it checks the input column and opens the model.</returns>
    /// <exception cref="ArgumentException">Two columns that are added have the same name.</exception>
    /// <exception cref="FileNotFoundException">There is no such model file.</exception>
    /// <exception cref="Onnx.SoundModelException">The file is no sound classifier; the message says why.</exception>
    public static SoundClassifierEstimator ApplySoundClassifier(this TransformsCatalog catalog, SoundClassifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new(catalog, options);
    }
}
