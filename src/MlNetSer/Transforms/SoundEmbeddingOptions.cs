namespace MlNetSer;

/// <summary>
/// Settings of <see cref="SoundEmbeddingCatalog.ApplySoundEmbedding(Microsoft.ML.TransformsCatalog, SoundEmbeddingOptions)"/>.
/// </summary>
public sealed record SoundEmbeddingOptions
{
    /// <summary>The column that is added: the embedding, a vector of float.</summary>
    public string OutputColumnName { get; init; } = "Features";

    /// <summary>
    /// The column with the sounds: the path of a sound file (text), or a mono waveform at the model's sample rate, nominally in [-1, 1]
    /// (vector of float of fixed or variable size).
    /// </summary>
    public string InputColumnName { get; init; } = "SoundPath";

    /// <summary>The sound model's ONNX file; null for <see cref="SoundModels.Default"/>.</summary>
    public string? ModelPath { get; init; }

    /// <summary>What becomes of a row whose sound cannot be read, or whose waveform has a NaN in it.</summary>
    public SoundErrors OnError { get; init; }

    /// <summary>
    /// The CUDA device to run on, or null for the CPU. It needs an application that references Microsoft.ML.OnnxRuntime.Gpu. A saved
    /// pipeline does not remember it: set <c>MLContext.GpuDeviceId</c> before loading.
    /// </summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether to go on with the CPU when the CUDA device cannot be used, instead of throwing.</summary>
    public bool FallbackToCpu { get; init; }
}
