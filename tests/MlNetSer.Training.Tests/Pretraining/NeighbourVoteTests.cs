using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class NeighbourVoteTests
{
    private const int Dimensions = 5;

    [Theory]
    [InlineData(60, 1, 4, 9)]
    [InlineData(60, 200, 3, 4)]
    [InlineData(120, 8, 6, 15)]
    [InlineData(300, 1, 2, 25)]
    public void Labels_clips_as_a_naive_count_does(int clips, long seed, int kinds, int neighbours)
    {
        var random = new TrainingPosition(seed, 0, 0).Random("vote");
        int[] labels = [.. Enumerable.Range(0, clips).Select(_ => random.Below(kinds)), kinds - 1];
        // From 1 to 7 patches a clip, in the middle of the rest of their clip's and of others'; the last clip has none.
        int[] clipOf = [.. Enumerable.Range(0, 4 * clips).Select(i => i < clips ? i : random.Below(clips))];
        var vectors = clipOf.Select(c => Direction(labels[c], random)).ToArray();
        using var scope = NewDisposeScope();
        var directions = tensor(vectors.SelectMany(v => v).Select(v => (float)v).ToArray(), [clipOf.Length, Dimensions]);

        var predicted = NeighbourVote.Predict(directions, clipOf, labels, neighbours, TestContext.Current.CancellationToken);

        Assert.Equal(Naive(vectors, clipOf, labels, neighbours), predicted);
        Assert.Equal(-1, predicted[^1]);
        var right = Enumerable.Range(0, clips).Count(c => predicted[c] == labels[c]);
        Assert.InRange(right / (double)clips, 1.2 / kinds, 0.99);
    }

    [Fact]
    public void Leaves_the_clip_s_own_patches_out()
    {
        // Each clip's patches are nearest to each other, and next to those of the other label.
        double[] angles = [0, 0.01, 0.3, 0.31, 1.5, 1.51, 1.8, 1.81];
        using var scope = NewDisposeScope();
        var directions = tensor(angles.SelectMany(a => new[] { (float)Math.Cos(a), (float)Math.Sin(a) }).ToArray(), [8, 2]);

        Assert.Equal([1, 0, 1, 0], NeighbourVote.Predict(directions, [0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 0, 1], 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void With_more_neighbours_than_patches_all_other_clips_vote()
    {
        using var scope = NewDisposeScope();
        var directions = nn.functional.normalize(tensor([1f, 0, 1, 0.1f, 1, 0.2f, 0, 1], [4, 2]), dim: 1);

        Assert.Equal([0, 0, 0, 0], NeighbourVote.Predict(directions, [0, 1, 2, 3], [0, 0, 0, 1], 200, TestContext.Current.CancellationToken));
        Assert.Equal([-1], NeighbourVote.Predict(directions, [0, 0, 0, 0], [0], 200, TestContext.Current.CancellationToken));
    }

    /// <summary>A vector of length 1, near to those of its label but not to all of them.</summary>
    private static double[] Direction(int label, StepRandom random)
    {
        var vector = new double[Dimensions];
        for (var i = 0; i < Dimensions; i++) vector[i] = (float)(random.Uniform(-1, 1) + (i == label % Dimensions ? 0.6 : 0));
        var length = Math.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / length)];
    }

    private static int[] Naive(double[][] vectors, int[] clipOf, int[] labels, int neighbours)
    {
        var patches = vectors.Select((v, i) => (Vector: v, Clip: clipOf[i], Label: labels[clipOf[i]])).ToList();
        var votes = patches.Select(patch =>
        {
            var nearest = patches.Where(other => other.Clip != patch.Clip)
                .Select(other => (other.Label, Cosine: patch.Vector.Zip(other.Vector, (a, b) => a * b).Sum()))
                .OrderByDescending(other => other.Cosine).Take(neighbours).ToList();
            var winner = nearest.GroupBy(other => other.Label).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Sum(o => o.Cosine)).First().Key;
            return (patch.Clip, Winner: winner, Nearest: nearest);
        }).ToList();
        return [.. Enumerable.Range(0, labels.Length).Select(clip => votes.Where(v => v.Clip == clip)
            .GroupBy(v => v.Winner)
            .OrderByDescending(g => g.Count())
            .ThenByDescending(g => votes.Where(v => v.Clip == clip).Sum(v => v.Nearest.Count(n => n.Label == g.Key)))
            .ThenBy(g => g.Key)
            .Select(g => g.Key).FirstOrDefault(-1))];
    }
}
