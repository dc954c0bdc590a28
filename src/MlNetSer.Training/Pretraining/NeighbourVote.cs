using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The paper's monitor of pretraining: every patch is labelled by the majority of its nearest patches of other clips, and a clip by the majority
/// of its patches.
/// </summary>
internal static class NeighbourVote
{
    /// <summary>Bounds the similarities in memory: 256 rows for 20,000 patches are 20 MB.</summary>
    private const int RowsAtOnce = 256;

    /// <summary>The label that each clip is given.</summary>
    /// <param name="directions">[M, D] a vector of length 1 for each patch: cosine similarity is their product.</param>
    /// <param name="clips">The clip of each patch, counted from 0.</param>
    /// <param name="labels">The label of each clip, counted from 0.</param>
    /// <param name="neighbours">Patches that vote, k; all of other clips if there are fewer.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>A label per clip; -1 for one without patches, or with no patch of another clip to compare with.</returns>
    /// <remarks>
    /// A patch's tie goes to the label with the larger sum of similarities, a clip's tie to the one with more neighbours of all its patches.
    /// </remarks>
    public static int[] Predict(
        Tensor directions, IReadOnlyList<int> clips, IReadOnlyList<int> labels, int neighbours, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var clipOf = tensor(clips.Select(c => (long)c).ToArray(), device: directions.device);
        var kinds = labels.Max() + 1;
        var votes = new (int Patches, int Neighbours)[labels.Count, kinds];
        for (var start = 0; start < clips.Count; start += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using var pause = FinaliserPause.Begin();
            using var inner = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, clips.Count - start);
            var own = clipOf.narrow(0, start, count).unsqueeze(1).eq(clipOf);
            var similarity = directions.narrow(0, start, count).mm(directions.t()).masked_fill_(own, double.NegativeInfinity);
            var (nearest, places) = similarity.topk(Math.Min(neighbours, clips.Count), dim: 1);
            Count(nearest, places, start, clips, labels, votes);
        }
        return [.. Enumerable.Range(0, labels.Count).Select(clip => Winner(votes, clip, kinds))];
    }

    private static void Count(
        Tensor nearest, Tensor places, int start, IReadOnlyList<int> clips, IReadOnlyList<int> labels, (int Patches, int Neighbours)[,] votes)
    {
        var (similarities, indices) = (nearest.cpu().data<float>().ToArray(), places.cpu().data<long>().ToArray());
        var k = (int)nearest.shape[1];
        var found = new (int Count, double Similarity)[votes.GetLength(1)];
        for (var row = 0; row < nearest.shape[0]; row++)
        {
            Array.Clear(found);
            for (var i = row * k; i < (row + 1) * k; i++)
            {
                // What follows is of the patch's own clip.
                if (float.IsNegativeInfinity(similarities[i])) break;
                ref var label = ref found[labels[clips[(int)indices[i]]]];
                label = (label.Count + 1, label.Similarity + similarities[i]);
            }
            var best = found.Max();
            if (best.Count == 0) continue;
            var clip = clips[start + row];
            votes[clip, Array.IndexOf(found, best)].Patches++;
            for (var label = 0; label < found.Length; label++) votes[clip, label].Neighbours += found[label].Count;
        }
    }

    private static int Winner((int Patches, int Neighbours)[,] votes, int clip, int kinds)
    {
        var best = Enumerable.Range(0, kinds).MaxBy(label => votes[clip, label]);
        return votes[clip, best].Patches == 0 ? -1 : best;
    }
}
