namespace MlNetSer;

/// <summary>The search against a sort of all similarities, computed in double precision.</summary>
public class SimilaritySearchTests
{
    [Theory]
    [InlineData(1, 5, 1, 10)]
    [InlineData(1000, 512, 3, 10)]
    [InlineData(257, 3, 2, 300)]
    public void What_is_found_is_what_a_sort_of_everything_finds(int rows, int size, int queries, int top)
    {
        var random = new Random(rows);
        var embeddings = Vectors(random, rows, size);
        var asked = Vectors(random, queries, size);
        var search = new SimilaritySearch(asked, top);
        // Blocks of all sizes, from several threads, in any order.
        var cuts = Enumerable.Range(0, rows).Where(_ => random.Next(7) == 0).Prepend(0).Append(rows).Distinct().Order().ToArray();
        Parallel.For(0, cuts.Length - 1, i => search.Add(cuts[i] + 100, embeddings[cuts[i]..cuts[i + 1]].SelectMany(e => e).ToArray()));
        for (var q = 0; q < queries; q++)
        {
            var expected = Enumerable.Range(0, rows).Select(i => (Row: i + 100, Cosine: Cosine(asked[q], embeddings[i])))
                .OrderByDescending(r => r.Cosine).Take(top).ToArray();
            var found = search.Nearest(q);
            Assert.Equal(expected.Select(e => (long)e.Row), found.Select(f => f.Row));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Cosine, pair.Second.Similarity, 1e-5));
        }
    }

    [Fact]
    public void Equals_come_in_order_and_zeros_and_NaN_have_their_places()
    {
        var search = new SimilaritySearch([[2, 0]], top: 4);
        float[] rows = [0, 0, 3, 0, float.NaN, 1, -1, 0, 1, 0, float.PositiveInfinity, 0, 7, 0];
        // From the last one to the first: equals must not depend on who came first.
        for (var i = 6; i >= 0; i--) search.Add(i, rows.AsSpan(2 * i, 2));
        Assert.Equal([new(1, 1), new(4, 1), new(6, 1), new(0, 0)], search.Nearest());

        var nothing = new SimilaritySearch([[0, 0]], top: 2, atLeast: 0);
        nothing.Add(0, rows.AsSpan(2, 2));
        Assert.Equal([new Neighbour(0, 0)], nothing.Nearest());
    }

    [Fact]
    public void Equals_beyond_the_number_asked_for_are_the_later_ones()
    {
        foreach (var order in (int[][])[[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]])
        {
            var search = new SimilaritySearch([[1, 0]], top: 3);
            foreach (var row in order) search.Add(row, [2, 0]);
            Assert.Equal([new(0, 1), new(1, 1), new(2, 1)], search.Nearest());
        }
    }

    [Fact]
    public void Rounding_makes_nothing_more_similar_than_the_same()
    {
        var random = new Random(2);
        var embeddings = Vectors(random, 200, 37);
        foreach (var embedding in embeddings)
        {
            var search = new SimilaritySearch([embedding], top: 2);
            search.Add(0, [.. embedding.Select(v => 3 * v), .. embedding.Select(v => -7 * v)]);
            Assert.All(search.Nearest(), n => Assert.InRange(n.Similarity, -1, 1));
        }
    }

    [Fact]
    public void What_is_less_similar_than_asked_for_is_not_found()
    {
        var search = new SimilaritySearch([[1, 0]], top: 5, atLeast: 0.6f);
        search.Add(0, [3, 4, 3.1f, 4, 2.9f, 4, 4, 3]);
        Assert.Equal([3, 1, 0], search.Nearest().Select(n => (int)n.Row));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => new SimilaritySearch([])).Message, StringComparison.Ordinal);
        Assert.Contains("Query 1 has 2 values", Assert.Throws<ArgumentException>(() => new SimilaritySearch([[1], [1, 2]])).Message, StringComparison.Ordinal);
        Assert.Contains("Query 0", Assert.Throws<ArgumentException>(() => new SimilaritySearch([[float.NaN]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimilaritySearch([[1]], top: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimilaritySearch([[1]], atLeast: float.NaN));
        var search = new SimilaritySearch([[1, 0]]);
        Assert.Contains("a multiple of 2", Assert.Throws<ArgumentException>(() => search.Add(0, [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => search.Nearest(1));
    }

    private static float[][] Vectors(Random random, int count, int size) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, size).Select(_ => (float)(random.NextDouble() - 0.4)).ToArray())];

    private static double Cosine(float[] a, float[] b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        return dot / Math.Sqrt(aa * bb);
    }
}
