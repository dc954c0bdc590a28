namespace MlNetSer.Cli;

/// <summary>The mathematics of the embedding map, against closed forms and naive computation.</summary>
public class MapTests
{
    [Fact]
    public void Principal_components_are_the_axes_of_an_ellipse()
    {
        // Along (3, 4) / 5 the points lie at -10, 0, 10; across it at 1, -2, 1.
        float[][] points = [Point(-10, 1), Point(0, -2), Point(10, 1)];
        var projected = PrincipalComponents.Project(points, 2);
        var (along, across) = (Math.Sign(projected[2][0]), Math.Sign(projected[0][1]));
        Assert.Equal([-10, 0, 10], projected.Select(p => Math.Round(along * p[0], 4)));
        Assert.Equal([1, -2, 1], projected.Select(p => Math.Round(across * p[1], 4)));

        static float[] Point(double along, double across) =>
            [(float)((3 * along - 4 * across) / 5) + 7, (float)((4 * along + 3 * across) / 5) - 2];
    }

    [Fact]
    public void Affinities_are_symmetric_sum_to_one_and_have_the_perplexity()
    {
        var points = Clusters(30);
        var affinities = NeighbourMap.Affinities(points, perplexity: 5);
        Assert.Equal(1, affinities.Sum(row => row.Sum()), 1e-9);
        for (var i = 0; i < points.Length; i++)
        {
            Assert.Equal(0, affinities[i][i]);
            for (var j = 0; j < i; j++) Assert.Equal(affinities[i][j], affinities[j][i]);
        }
        // Equally distant points share a neighbourhood equally, whatever their distance.
        float[][] simplex = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
        Assert.All(NeighbourMap.Affinities(simplex, 3).SelectMany((row, i) => row.Where((_, j) => i != j)), p => Assert.Equal(1 / 12.0, p, 1e-9));
    }

    [Fact]
    public void The_gradient_is_that_of_the_divergence()
    {
        var affinities = NeighbourMap.Affinities(Clusters(12), perplexity: 3);
        var random = new Random(4);
        var places = affinities.Select(_ => new[] { random.NextDouble(), random.NextDouble() }).ToArray();
        var gradient = NeighbourMap.Gradient(affinities, places, exaggeration: 1);
        const double Step = 1e-5;
        for (var i = 0; i < places.Length; i++)
        {
            for (var d = 0; d < 2; d++)
            {
                var at = places[i][d];
                places[i][d] = at + Step;
                var above = Divergence(affinities, places);
                places[i][d] = at - Step;
                var below = Divergence(affinities, places);
                places[i][d] = at;
                Assert.Equal((above - below) / (2 * Step), gradient[i][d], 1e-6);
            }
        }
    }

    [Fact]
    public void Neighbours_stay_neighbours_on_the_map()
    {
        var points = Clusters(60);
        var map = NeighbourMap.Project(points, PrincipalComponents.Project(points, 2), perplexity: 10, TestContext.Current.CancellationToken);
        for (var i = 0; i < points.Length; i++)
        {
            var nearest = Enumerable.Range(0, points.Length).Where(j => j != i).MinBy(j => Math.Pow(map[i][0] - map[j][0], 2) + Math.Pow(map[i][1] - map[j][1], 2));
            Assert.Equal(i % 3, nearest % 3);
        }
    }

    [Fact]
    public void Some_of_each_label_are_chosen()
    {
        LabelledSound[] sounds = [.. Enumerable.Range(0, 90).Select(i => new LabelledSound($"{i}.wav", i < 60 ? "dog" : "cat"))];
        var chosen = ReportMapMaker.Choose(sounds, 9).ToArray();
        Assert.Equal((6, 3), (chosen.Count(i => i < 60), chosen.Count(i => i >= 60)));
        Assert.Equal(90, ReportMapMaker.Choose(sounds, 100).Count());
    }

    [Fact]
    public void A_byte_of_sound_is_what_G711_says()
    {
        // Values of the standard's table: silence, and the ends of the scale.
        Assert.Equal(0xff, ClipSnippet.MuLaw(0));
        Assert.Equal(0x80, ClipSnippet.MuLaw(1));
        Assert.Equal(0x00, ClipSnippet.MuLaw(-1));
        // The middle of a segment: 0.25 is 2040 of 8159; 2073 with the bias is 128 * 16.2, exponent 6 (above 2048 begins it), mantissa 0.
        Assert.Equal(0x9f, ClipSnippet.MuLaw(2040f / 8158));
        float[] sound = [.. new float[50], .. Enumerable.Repeat(1f, 10), .. new float[40]];
        Assert.Equal(sound[50..60], ClipSnippet.Loudest(sound, 10).ToArray());
        Assert.Equal(sound, ClipSnippet.Loudest(sound, 200).ToArray());
    }

    private static double Divergence(double[][] affinities, double[][] places)
    {
        var n = places.Length;
        double Weight(int i, int j) => 1 / (1 + Math.Pow(places[i][0] - places[j][0], 2) + Math.Pow(places[i][1] - places[j][1], 2));
        var pairs = (from i in Enumerable.Range(0, n) from j in Enumerable.Range(0, n) where i != j select (i, j)).ToArray();
        var sum = pairs.Sum(p => Weight(p.i, p.j));
        return pairs.Where(p => affinities[p.i][p.j] > 0).Sum(p => affinities[p.i][p.j] * Math.Log(affinities[p.i][p.j] / (Weight(p.i, p.j) / sum)));
    }

    /// <summary>Point i belongs to cluster i mod 3.</summary>
    private static float[][] Clusters(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, 8).Select(d => (float)((d == i % 3 ? 5 : 0) + random.NextDouble())).ToArray())];
    }
}
