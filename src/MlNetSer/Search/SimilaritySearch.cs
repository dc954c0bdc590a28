using System.Numerics.Tensors;

namespace MlNetSer;

/// <summary>
/// Exact nearest neighbours by cosine similarity among embeddings that are handed over block by block, so that an archive of any size can
/// stream through: nothing is kept but the best rows. Every embedding is compared with every query.
/// </summary>
/// <remarks>
/// Thread-safe: blocks may come from several threads in any order, and the result is the same. Equally similar rows are ordered by number.
/// An embedding of zeros has no direction and the similarity 0 to everything; one with NaN or infinite values is never found.
/// </remarks>
public sealed class SimilaritySearch
{
    private readonly float[][] _units;
    private readonly BestRows[] _best;

    /// <summary>Prepares a search.</summary>
    /// <param name="queries">At least one embedding; all of one length.</param>
    /// <param name="top">How many rows to find for each query, at least 1.</param>
    /// <param name="atLeast">The least similarity of what is found, in [-1, 1].</param>
    /// <exception cref="ArgumentException">There are no queries, or they have several lengths, or none, or a value that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is below 1, or <paramref name="atLeast"/> not within [-1, 1].</exception>
    public SimilaritySearch(IReadOnlyList<float[]> queries, int top = 10, float atLeast = -1)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (!(atLeast is >= -1 and <= 1)) throw new ArgumentOutOfRangeException(nameof(atLeast), atLeast, "Expected a similarity from -1 to 1.");
        if (queries.Count == 0) throw new ArgumentException("There are no queries, expected at least one.", nameof(queries));
        EmbeddingSize = queries[0].Length;
        for (var i = 0; i < queries.Count; i++)
        {
            if (queries[i].Length != EmbeddingSize || EmbeddingSize == 0)
                throw new ArgumentException($"Query {i} has {queries[i].Length} values and query 0 has {EmbeddingSize}, expected as many and at least one.", nameof(queries));
            if (!float.IsFinite(TensorPrimitives.Norm(queries[i])))
                throw new ArgumentException($"Query {i} has values that are not finite, or too large.", nameof(queries));
        }
        _units = [.. queries.Select(Unit)];
        _best = [.. queries.Select(_ => new BestRows(top, atLeast))];
    }

    /// <summary>Length of an embedding.</summary>
    public int EmbeddingSize { get; }

    /// <summary>Compares embeddings with the queries.</summary>
    /// <param name="firstRow">The first one's number; the others have the following ones.</param>
    /// <param name="embeddings">Whole embeddings, one after the other; they need not be of length 1.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of <see cref="EmbeddingSize"/>.</exception>
    public void Add(long firstRow, ReadOnlySpan<float> embeddings)
    {
        if (embeddings.Length % EmbeddingSize != 0)
            throw new ArgumentException($"There are {embeddings.Length} values, expected a multiple of {EmbeddingSize}.", nameof(embeddings));
        for (var at = 0; at < embeddings.Length; at += EmbeddingSize)
        {
            var embedding = embeddings.Slice(at, EmbeddingSize);
            var norm = TensorPrimitives.Norm(embedding);
            var row = firstRow + (at / EmbeddingSize);
            for (var i = 0; i < _units.Length; i++)
            {
                var similarity = norm == 0 ? 0 : Math.Clamp(TensorPrimitives.Dot(_units[i], embedding) / norm, -1, 1);
                if (similarity >= _best[i].Least) _best[i].Add(row, similarity);
            }
        }
    }

    /// <summary>The best rows so far.</summary>
    /// <param name="query">The query's number.</param>
    /// <returns>From the most similar one down; fewer than were asked for where there are no more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such query.</exception>
    public IReadOnlyList<Neighbour> Nearest(int query = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, _best.Length);
        return _best[query].ToArray();
    }

    private static float[] Unit(float[] vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        var unit = new float[vector.Length];
        if (norm > 0) TensorPrimitives.Divide(vector, norm, unit);
        return unit;
    }
}
