namespace MlNetSer;

/// <summary>
/// Settings of <see cref="SoundClassifierCatalog.ApplySoundClassifier(Microsoft.ML.TransformsCatalog, SoundClassifierOptions)"/>.
/// </summary>
public sealed record SoundClassifierOptions
{
    /// <summary>The sound classifier's ONNX file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The column that is added for the most probable label: text.</summary>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>The column that is added for the labels' probabilities: a vector of float whose slots have the labels as names.</summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>The column that is added for the embedding, a vector of float; null for none.</summary>
    public string? EmbeddingColumnName { get; init; }

    /// <summary>
    /// The column with the sounds: the path of a sound file (text), or a mono waveform at the model's sample rate, nominally in [-1, 1]
    /// (vector of float of fixed or variable size).
    /// </summary>
    public string InputColumnName { get; init; } = "SoundPath";

    /// <summary>As <see cref="SoundEmbeddingOptions.GpuDeviceId"/>.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>As <see cref="SoundEmbeddingOptions.FallbackToCpu"/>.</summary>
    public bool FallbackToCpu { get; init; }
}
