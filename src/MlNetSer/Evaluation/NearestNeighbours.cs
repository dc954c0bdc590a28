using System.Numerics.Tensors;

namespace MlNetSer;

/// <summary>Nearest neighbours by cosine similarity.</summary>
internal static class NearestNeighbours
{
    /// <summary>
    /// Predicts each query's label by majority among its <paramref name="k"/> most similar training vectors. A tie goes to the label
    /// whose neighbours have the larger summed similarity.
    /// </summary>
    /// <param name="train">Training vectors.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="queries">Vectors of the same length.</param>
    /// <param name="k">Neighbours that vote; fewer when there are fewer training vectors.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>A label per query.</returns>
    public static string[] Predict(
        IReadOnlyList<float[]> train, IReadOnlyList<string> labels, IReadOnlyList<float[]> queries, int k, CancellationToken cancellation)
    {
        var units = train.Select(Normalise).ToArray();
        var similarities = new float[units.Length];
        var order = new int[units.Length];
        return [.. queries.Select(query =>
        {
            cancellation.ThrowIfCancellationRequested();
            var unit = Normalise(query);
            for (var i = 0; i < units.Length; i++)
            {
                similarities[i] = -TensorPrimitives.Dot(unit, units[i]);
                order[i] = i;
            }
            Array.Sort(similarities, order);
            return Vote(order, similarities, labels, Math.Min(k, units.Length));
        })];
    }

    private static string Vote(int[] order, float[] negated, IReadOnlyList<string> labels, int k)
    {
        var votes = new Dictionary<string, (int Count, double Similarity)>();
        for (var i = 0; i < k; i++)
        {
            var (count, similarity) = votes.GetValueOrDefault(labels[order[i]]);
            votes[labels[order[i]]] = (count + 1, similarity - negated[i]);
        }
        return votes.MaxBy(v => v.Value).Key;
    }

    private static float[] Normalise(float[] vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        var unit = new float[vector.Length];
        // A vector of zeros (an encoder may answer so to silence) has no direction: it is equally far from everything.
        if (norm > 0) TensorPrimitives.Divide(vector, norm, unit);
        return unit;
    }
}
