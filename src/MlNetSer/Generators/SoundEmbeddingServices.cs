using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace MlNetSer;

/// <summary>Sound embeddings as services of an application.</summary>
public static class SoundEmbeddingServices
{
    /// <summary>
    /// Adds a generator of sound embeddings, as a singleton: <c>IEmbeddingGenerator&lt;DataContent, Embedding&lt;float&gt;&gt;</c> for the bytes of
    /// sound files. The model is opened when the generator is first asked for.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">The model's ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <returns>A builder that wraps the generator: caching, logging, telemetry.</returns>
    public static EmbeddingGeneratorBuilder<DataContent, Embedding<float>> AddSoundEmbeddingGenerator(
        this IServiceCollection services, string? modelPath = null) =>
        services.AddEmbeddingGenerator(_ => new SoundEmbeddingGenerator(modelPath));

    /// <summary>The same for waveforms: <c>IEmbeddingGenerator&lt;ReadOnlyMemory&lt;float&gt;, Embedding&lt;float&gt;&gt;</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="modelPath">The model's ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <returns>A builder that wraps the generator: caching, logging, telemetry.</returns>
    public static EmbeddingGeneratorBuilder<ReadOnlyMemory<float>, Embedding<float>> AddWaveformEmbeddingGenerator(
        this IServiceCollection services, string? modelPath = null) =>
        services.AddEmbeddingGenerator(_ => new WaveformEmbeddingGenerator(modelPath));
}
