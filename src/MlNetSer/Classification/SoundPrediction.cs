namespace MlNetSer;

/// <summary>What a sound classifier says of a clip.</summary>
/// <param name="Label">The most probable label.</param>
/// <param name="Probabilities">
/// One per label in the order of <see cref="SoundPredictor.Labels"/>: the mean over the clip's patches of the softmax. They sum to 1.
/// </param>
public sealed record SoundPrediction(string Label, IReadOnlyList<float> Probabilities)
{
    /// <summary>The probability of <see cref="Label"/>.</summary>
    public float Score => Probabilities.Max();
}

/// <summary>What bulk prediction gave for one file: either a prediction or an error.</summary>
/// <param name="Path">The file, as the caller named it.</param>
/// <param name="Prediction">The prediction, or null if the file could not be read.</param>
/// <param name="Error">Why the file could not be read, in one line that names it, or null.</param>
public sealed record SoundFilePrediction(string Path, SoundPrediction? Prediction, string? Error);
