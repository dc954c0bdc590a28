using Microsoft.Extensions.AI;

namespace MlNetSer;

/// <summary>Embeds waveforms behind the interface of Microsoft.Extensions.AI, where sound comes from a microphone and not from files.</summary>
/// <remarks>Thread-safe. Each call works on several waveforms at once.</remarks>
public sealed class WaveformEmbeddingGenerator : IEmbeddingGenerator<ReadOnlyMemory<float>, Embedding<float>>
{
    private readonly SoundEmbedder _embedder;
    private readonly EmbeddingGeneration<ReadOnlyMemory<float>> _generation;
    private readonly bool _owned;

    /// <summary>A generator with a model of its own.</summary>
    /// <param name="modelPath">Its ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Onnx.OnnxModelException">The file is no sound model; the message says why.</exception>
    public WaveformEmbeddingGenerator(string? modelPath = null)
        : this(new SoundEmbedder(modelPath)) =>
        _owned = true;

    /// <summary>A generator over an embedder that others use as well; disposing of the generator leaves it open.</summary>
    /// <param name="embedder">The embedder.</param>
    public WaveformEmbeddingGenerator(SoundEmbedder embedder)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        _embedder = embedder;
        _generation = new(embedder, (waveform, _, cancellation) => embedder.Embed(waveform.Span, cancellation));
    }

    /// <summary>Samples a second that waveforms must have, in Hz.</summary>
    public int SampleRate => _embedder.SampleRate;

    /// <summary>Embeds waveforms.</summary>
    /// <param name="values">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1].</param>
    /// <param name="options"><see cref="EmbeddingGenerationOptions.Dimensions"/>, if set, must be the model's.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One embedding per value, in their order.</returns>
    /// <exception cref="ArgumentException">Other dimensions are wanted than the model has.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<ReadOnlyMemory<float>> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        _generation.Run(values, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => _generation.GetService(this, serviceType, serviceKey);

    /// <summary>Disposes of the embedder, unless it was handed over.</summary>
    public void Dispose()
    {
        if (_owned) _embedder.Dispose();
    }
}
