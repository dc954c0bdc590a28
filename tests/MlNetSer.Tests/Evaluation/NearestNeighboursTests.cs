namespace MlNetSer.Tests;

public sealed class NearestNeighboursTests
{
    private static readonly float[] s_query = [1, 0];

    [Fact]
    public void The_majority_of_the_k_most_similar_decides()
    {
        // Cosines to the query: a 1, b 0.8, b 0.6, a -1.
        float[][] train = [[5, 0], [8, 6], [6, 8], [-1, 0]];
        string[] labels = ["a", "b", "b", "a"];
        Assert.Equal(["a"], NearestNeighbours.Predict(train, labels, [s_query], k: 1, CancellationToken.None));
        Assert.Equal(["b"], NearestNeighbours.Predict(train, labels, [s_query], k: 3, CancellationToken.None));
    }

    [Fact]
    public void A_tie_goes_to_the_larger_summed_similarity_whatever_the_order()
    {
        // a: 1 + 0 = 1; b: 0.8 + 0.6 = 1.4.
        float[][] train = [[1, 0], [0, 1], [4, 3], [3, 4]];
        string[] labels = ["a", "a", "b", "b"];
        Assert.Equal(["b"], NearestNeighbours.Predict(train, labels, [s_query], k: 4, CancellationToken.None));
        Assert.Equal(["b"], NearestNeighbours.Predict([.. train.Reverse()], [.. labels.Reverse()], [s_query], k: 4, CancellationToken.None));
    }

    [Fact]
    public void Length_does_not_count()
    {
        float[][] train = [[0.001f, 0], [1000, 1000]];
        Assert.Equal(["near"], NearestNeighbours.Predict(train, ["near", "far"], [s_query], k: 1, CancellationToken.None));
    }

    [Fact]
    public void A_zero_vector_is_similar_to_nothing_and_k_may_exceed_the_training_set()
    {
        Assert.Equal(["a"], NearestNeighbours.Predict([[0, 0], [1, 1]], ["zero", "a"], [s_query], k: 1, CancellationToken.None));
        Assert.Equal(["a"], NearestNeighbours.Predict([[1, 1], [1, 2]], ["a", "a"], [[0, 0]], k: 5, CancellationToken.None));
    }
}
