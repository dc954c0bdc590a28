using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// Embeds sounds directly, without ML.NET: one vector per clip, or one per patch of about a second. Each call runs on the thread that
/// makes it; call from several threads, or use <see cref="EmbedFiles"/>, to use several cores. Memory does not grow with a sound's
/// length beyond the waveform itself, and <see cref="EmbedFile"/> does not hold a long one either.
/// </summary>
/// <remarks>
/// All members are thread-safe, <see cref="Dispose"/> too: calls under way finish, later ones throw <see cref="ObjectDisposedException"/>.
/// On processors with AVX-512, the front end is computed by fast Fourier transforms and 3 x 3 convolutions with a quarter of the multiplications: values differ from those of
/// ONNX Runtime alone, and so of pipelines that were loaded, by rounding (less than 0.0001). <c>DOTNET_EnableAVX512=0</c> leaves all to ONNX Runtime.
/// </remarks>
public sealed partial class SoundEmbedder : IDisposable
{
    private readonly PatchModel _model;

    /// <summary>Opens a sound model.</summary>
    /// <param name="modelPath">Its ONNX file; null for <see cref="SoundModels.Default"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxModelException">The file is no sound model; the message says why.</exception>
    public SoundEmbedder(string? modelPath = null)
        : this(SoundModelFile.Load(modelPath ?? SoundModels.Default))
    {
    }

    /// <summary>Opens a sound model that lies in memory.</summary>
    /// <param name="model">The bytes of its ONNX file.</param>
    /// <exception cref="OnnxModelException">The bytes are no sound model; the message says why.</exception>
    public SoundEmbedder(byte[] model)
        : this(SoundModelFile.Load(model))
    {
    }

    internal SoundEmbedder(SoundModelFile model) =>
        _model = new(model, SoundEncoderGraph.Embedding, SoundEncoderGraph.PatchEmbeddings, model.Info.EmbeddingSize, model.Info.Pooling);

    /// <summary>Told of files that cannot be read while many are worked on (warnings), and how long that took; left out, nobody is.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>What the model says about itself.</summary>
    public SoundModelInfo Info => _model.Info;

    /// <summary>Length of an embedding.</summary>
    public int EmbeddingSize => Info.EmbeddingSize;

    /// <summary>Samples a second that waveforms must have, in Hz.</summary>
    public int SampleRate => Info.LogMel.SampleRate;

    /// <summary>Embeds a clip.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The clip's embedding, pooled from those of its patches as the model does it (<see cref="SoundModelInfo.Pooling"/>): <see cref="EmbeddingSize"/> values.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public float[] Embed(ReadOnlySpan<float> waveform, CancellationToken cancellationToken = default)
    {
        var embedding = new float[EmbeddingSize];
        Embed(waveform, embedding, cancellationToken);
        return embedding;
    }

    /// <summary>Embeds a clip into a buffer.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="destination">Receives the embedding in its first <see cref="EmbeddingSize"/> elements.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public void Embed(ReadOnlySpan<float> waveform, Span<float> destination, CancellationToken cancellationToken = default)
    {
        if (destination.Length < EmbeddingSize)
        {
            throw new ArgumentException(
                $"The destination has {destination.Length} elements, expected at least {EmbeddingSize}.", nameof(destination));
        }
        _model.Clip(waveform, destination, cancellationToken);
    }

    /// <summary>Embeds a clip patch by patch.</summary>
    /// <param name="waveform">Mono samples at <see cref="SampleRate"/>, nominally in [-1, 1]; any number of them, 0 too.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>
    /// One embedding per patch in order of time: they begin every <see cref="LogMelSettings.PatchHop"/> frames, and the last one ends with
    /// the clip, so there are <see cref="LogMelSettings.PatchCount"/> of them.
    /// </returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed of.</exception>
    public float[][] EmbedPatches(ReadOnlySpan<float> waveform, CancellationToken cancellationToken = default) =>
        _model.Patches(waveform, cancellationToken);

    /// <summary>Frees ONNX Runtime's session once the calls under way are done.</summary>
    public void Dispose() => _model.Dispose();
}
