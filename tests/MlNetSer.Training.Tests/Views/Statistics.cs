namespace MlNetSer.Training.Tests;

/// <summary>Whether numbers that were drawn follow their distribution. The seeds are fixed, so an answer never changes by itself.</summary>
internal static class Statistics
{
    /// <summary>Whole numbers from <paramref name="low"/> to <paramref name="high"/>, all equally often, by chi-square.</summary>
    public static void AssertUniform(IReadOnlyCollection<int> drawn, int low, int high)
    {
        var counts = new int[high - low + 1];
        foreach (var value in drawn)
        {
            Assert.InRange(value, low, high);
            counts[value - low]++;
        }
        AssertChiSquare(counts, [.. Enumerable.Repeat(1.0 / counts.Length, counts.Length)], $"{low} to {high}");
    }

    /// <summary>Counts of kinds with the given probabilities, by chi-square.</summary>
    public static void AssertChiSquare(IReadOnlyList<int> counts, IReadOnlyList<double> probabilities, string what)
    {
        var total = counts.Sum();
        var statistic = counts.Zip(probabilities, (count, p) => Math.Pow(count - total * p, 2) / (total * p)).Sum();
        // Wilson and Hilferty: the cube root of chi-square over its degrees of freedom is nearly normal. 3.3 deviations: one in 2,000.
        var degrees = counts.Count - 1.0;
        var deviations = (Math.Cbrt(statistic / degrees) - (1 - 2 / (9 * degrees))) / Math.Sqrt(2 / (9 * degrees));
        Assert.True(deviations < 3.3, $"{what}: chi-square is {statistic:F1} with {degrees} degrees of freedom");
    }

    /// <summary>Numbers uniform in [low, high], by Kolmogorov and Smirnov.</summary>
    public static void AssertUniform(IEnumerable<double> drawn, double low, double high)
    {
        var sorted = drawn.Order().ToArray();
        Assert.InRange(sorted[0], low, high);
        Assert.InRange(sorted[^1], low, high);
        var distance = sorted.Select((value, i) =>
        {
            var expected = (value - low) / (high - low);
            return Math.Max(Math.Abs(expected - (double)i / sorted.Length), Math.Abs(expected - (i + 1.0) / sorted.Length));
        }).Max();
        // 1.95 over the root of n: one in 1,000.
        Assert.True(distance < 1.95 / Math.Sqrt(sorted.Length), $"the distribution is {distance:F4} away from U({low}, {high})");
    }

    /// <summary>Two equally long series without correlation, as neighbours in one draw have to be.</summary>
    public static void AssertUncorrelated(IReadOnlyList<double> first, IReadOnlyList<double> second, string what)
    {
        var correlation = Correlation(first, second);
        Assert.True(Math.Abs(correlation) < 3.5 / Math.Sqrt(first.Count), $"{what}: the correlation is {correlation:F4}");
    }

    public static double Correlation(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Assert.Equal(first.Count, second.Count);
        var (meanA, meanB) = (first.Average(), second.Average());
        var (a, b) = (first.Select(v => v - meanA).ToArray(), second.Select(v => v - meanB).ToArray());
        return a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y));
    }
}
