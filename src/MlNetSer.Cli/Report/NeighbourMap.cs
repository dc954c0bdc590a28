namespace MlNetSer.Cli;

/// <summary>
/// t-SNE (van der Maaten and Hinton, 2008), exact: a map on which neighbours in many dimensions are neighbours. For some hundreds of points, as its cost
/// grows with the square of their number. The same points give the same map.
/// </summary>
internal static class NeighbourMap
{
    private const int Iterations = 600;
    private const int ExaggeratedIterations = 120;
    private const double Exaggeration = 12;
    private const double LeastGain = 0.01;

    /// <summary>The places of points on the map.</summary>
    /// <param name="vectors">The points, at least two.</param>
    /// <param name="start">Where they begin, in any scale; their principal components keep the map's outline the same from run to run.</param>
    /// <param name="perplexity">About how many neighbours count.</param>
    /// <param name="cancellation">Stops it.</param>
    public static double[][] Project(IReadOnlyList<float[]> vectors, double[][] start, double perplexity, CancellationToken cancellation)
    {
        var n = vectors.Count;
        var affinities = Affinities(vectors, Math.Min(perplexity, Math.Max(1, (n - 1) / 3.0)));
        var scale = 1e-2 / Math.Max(1e-12, Math.Sqrt(start.Average(p => p[0] * p[0])));
        var places = start.Select((p, i) => new[] { (p[0] * scale) + (1e-6 * i), p[1] * scale }).ToArray();
        var steps = places.Select(_ => new double[2]).ToArray();
        var gains = places.Select(_ => Enumerable.Repeat(1.0, 2).ToArray()).ToArray();
        var rate = Math.Max(n / Exaggeration, 50);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            var early = iteration < ExaggeratedIterations;
            var gradient = Gradient(affinities, places, early ? Exaggeration : 1);
            var momentum = early ? 0.5 : 0.8;
            for (var i = 0; i < n; i++)
            {
                for (var d = 0; d < 2; d++)
                {
                    var turned = Math.Sign(gradient[i][d]) != Math.Sign(steps[i][d]);
                    gains[i][d] = Math.Max(LeastGain, turned ? gains[i][d] + 0.2 : gains[i][d] * 0.8);
                    steps[i][d] = (momentum * steps[i][d]) - (rate * gains[i][d] * gradient[i][d]);
                    places[i][d] += steps[i][d];
                }
            }
        }
        return places;
    }

    /// <summary>How much of neighbours two points are: symmetric, all together 1.</summary>
    public static double[][] Affinities(IReadOnlyList<float[]> vectors, double perplexity)
    {
        var n = vectors.Count;
        var conditional = Enumerable.Range(0, n).AsParallel().AsOrdered().Select(i => Row(vectors, i, Math.Log(perplexity))).ToArray();
        return [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => (conditional[i][j] + conditional[j][i]) / (2 * n)).ToArray())];
    }

    /// <summary>The gradient of the Kullback-Leibler divergence from the map's affinities to the points'.</summary>
    public static double[][] Gradient(double[][] affinities, double[][] places, double exaggeration)
    {
        var n = places.Length;
        var weights = places.Select(_ => new double[n]).ToArray();
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (x, y) = (places[i][0] - places[j][0], places[i][1] - places[j][1]);
                weights[i][j] = weights[j][i] = 1 / (1 + (x * x) + (y * y));
                sum += 2 * weights[i][j];
            }
        }
        var gradient = new double[n][];
        for (var i = 0; i < n; i++)
        {
            var (x, y) = (0.0, 0.0);
            for (var j = 0; j < n; j++)
            {
                var force = 4 * ((exaggeration * affinities[i][j]) - (weights[i][j] / sum)) * weights[i][j];
                x += force * (places[i][0] - places[j][0]);
                y += force * (places[i][1] - places[j][1]);
            }
            gradient[i] = [x, y];
        }
        return gradient;
    }

    /// <summary>The share that every other point has in a point's neighbourhood, which is as wide as the perplexity's entropy wants it.</summary>
    private static double[] Row(IReadOnlyList<float[]> vectors, int i, double entropy)
    {
        double[] distances = [.. vectors.Select(v => Distance(vectors[i], v))];
        var nearest = distances.Where((_, j) => j != i).Min();
        var (low, high, precision) = (0.0, double.PositiveInfinity, 1 / Math.Max(1e-12, distances.Average()));
        double[] shares = [];
        for (var attempt = 0; attempt < 100; attempt++)
        {
            // Relative to the nearest, so that not all of them vanish.
            shares = [.. distances.Select((d, j) => j == i ? 0 : Math.Exp(precision * (nearest - d)))];
            var sum = shares.Sum();
            for (var j = 0; j < shares.Length; j++) shares[j] /= sum;
            var found = -shares.Where(s => s > 0).Sum(s => s * Math.Log(s));
            if (Math.Abs(found - entropy) < 1e-6) break;
            if (found > entropy) low = precision;
            else high = precision;
            precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
        }
        return shares;
    }

    private static double Distance(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++) sum += (a[j] - (double)b[j]) * (a[j] - (double)b[j]);
        return sum;
    }
}
