using System.Globalization;

namespace MlNetSer.Benchmarks;

/// <summary>
/// Runs both sides of a pair in turn, so that whatever else the machine does meets both, and compares medians. The first round only warms up.
/// </summary>
internal static class PairedRun
{
    internal static void Compare(Pair pair, int rounds, TextWriter output)
    {
        _ = (pair.First.Run(), pair.Second.Run());
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            // Whoever comes second finds caches warmer or the processor hotter, so they change places.
            foreach (var (rates, side) in round % 2 == 0 ? Both() : Both().Reverse()) rates.Add(side.Run());
        }
        var ratios = first.Zip(second, (a, b) => a / b).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {pair.Name} | {pair.First.Name}: {Median(first):g4} | {pair.Second.Name}: {Median(second):g4} | {pair.Unit} | "
            + $"{Median(first) / Median(second):f2} | {ratios.Min():f2} to {ratios.Max():f2} | {rounds} |"));

        IEnumerable<(List<double> Rates, Contender Side)> Both() => [(first, pair.First), (second, pair.Second)];
    }

    internal static void WriteHead(TextWriter output)
    {
        output.WriteLine("| pair | this | against | unit | ratio of medians | ratios of the rounds | rounds |");
        output.WriteLine("| --- | --- | --- | --- | ---: | --- | ---: |");
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
