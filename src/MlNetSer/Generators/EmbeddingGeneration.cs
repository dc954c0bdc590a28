using Microsoft.Extensions.AI;

namespace MlNetSer;

/// <summary>What generators of sound embeddings have in common, whatever they embed.</summary>
/// <typeparam name="TInput">What is embedded.</typeparam>
/// <param name="embedder">The embedder.</param>
/// <param name="embed">Embeds one input, given its number from 1 on.</param>
internal sealed class EmbeddingGeneration<TInput>(SoundEmbedder embedder, Func<TInput, int, CancellationToken, float[]> embed)
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("mlnetser", null, embedder.Info.Name, embedder.EmbeddingSize);

    public async Task<GeneratedEmbeddings<Embedding<float>>> Run(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != embedder.EmbeddingSize)
        {
            throw new ArgumentException(
                $"Embeddings of {dimensions} dimensions are asked for, and {embedder.Info.Name} gives {embedder.EmbeddingSize}.", nameof(options));
        }
        TInput[] inputs = [.. values];
        var embeddings = new Embedding<float>[inputs.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        // For several threads even where there is one input: the caller may be a request's or a window's thread.
        await Parallel.ForAsync(0, inputs.Length, parallel, (i, cancellation) =>
        {
            embeddings[i] = new(embed(inputs[i], i + 1, cancellation)) { CreatedAt = DateTimeOffset.UtcNow, ModelId = embedder.Info.Name };
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return [.. embeddings];
    }

    public object? GetService(object generator, Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return _metadata;
        if (serviceType == typeof(SoundEmbedder)) return embedder;
        return serviceType.IsInstanceOfType(generator) ? generator : null;
    }
}
