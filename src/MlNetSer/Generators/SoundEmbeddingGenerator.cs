using Microsoft.Extensions.AI;
using MlNetSer.Audio;

namespace MlNetSer;

/// <summary>
/// Embeds the bytes of sound files behind the interface of Microsoft.Extensions.AI, so that its caching, logging and telemetry, and stores
/// that take an embedding generator, work with sound.
/// </summary>
/// <remarks>Thread-safe. Each call works on several sounds at once.</remarks>
public sealed class SoundEmbeddingGenerator : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private readonly SoundEmbedder _embedder;
    private readonly EmbeddingGeneration<DataContent> _generation;
    private readonly bool _owned;

    /// <summary>A generator with a model of its own.</summary>
    /// <param name="modelPath">Its ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Onnx.OnnxModelException">The file is no sound model; the message says why.</exception>
    public SoundEmbeddingGenerator(string? modelPath = null)
        : this(new SoundEmbedder(modelPath)) =>
        _owned = true;

    /// <summary>A generator over an embedder that others use as well; disposing of the generator leaves it open.</summary>
    /// <param name="embedder">The embedder.</param>
    public SoundEmbeddingGenerator(SoundEmbedder embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        _embedder = embedder;
        _generation = new(embedder, Embed);
    }

    /// <summary>Embeds sounds.</summary>
    /// <param name="values">Sound files in any format that <see cref="SoundFile"/> reads, with a media type audio/* or application/ogg or application/octet-stream.</param>
    /// <param name="options"><see cref="EmbeddingGenerationOptions.Dimensions"/>, if set, must be the model's.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One embedding per value, in their order.</returns>
    /// <exception cref="ArgumentException">A value is no sound by its media type, or other dimensions are wanted than the model has.</exception>
    /// <exception cref="SoundFileException">A value cannot be read as sound; the message has its name or its number.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        _generation.Run(values, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => _generation.GetService(this, serviceType, serviceKey);

    /// <summary>Disposes of the embedder, unless it was handed over.</summary>
    public void Dispose()
    {
        if (_owned) _embedder.Dispose();
    }

    private float[] Embed(DataContent content, int number, CancellationToken cancellationToken)
    {
        var name = content.Name is { Length: > 0 } given ? given : $"sound {number}";
        if (!content.HasTopLevelMediaType("audio") && content.MediaType is not ("application/ogg" or "application/octet-stream"))
            throw new ArgumentException($"{name} has the media type {content.MediaType}, expected audio/*.");
        return _embedder.Embed(SoundFile.ReadMono(content.Data, name, _embedder.SampleRate, cancellationToken), cancellationToken);
    }
}
