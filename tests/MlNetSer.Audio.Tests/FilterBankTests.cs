namespace MlNetSer.Audio.Tests;

/// <summary>Coefficients against the definition of a Kaiser-windowed sinc, its Bessel function by an integral instead of a series.</summary>
public class FilterBankTests
{
    [Theory]
    [InlineData(44_100, 22_050)]
    [InlineData(48_000, 22_050)]
    [InlineData(8_000, 22_050)]
    [InlineData(22_051, 22_050)]
    public void Rows_are_those_of_the_definition(int from, int to)
    {
        var bank = FilterBank.For(from, to);
        foreach (var phase in new[] { 0, 1, bank.Phases / 3, bank.Phases / 2, bank.Phases - 1, bank.Phases })
        {
            var expected = Row(bank, (double)phase / bank.Phases);
            Assert.All(expected.Zip(bank.Row(phase).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        }
    }

    [Theory]
    [InlineData(22_051, 22_050)]
    [InlineData(7_919, 22_050)]
    [InlineData(250_007, 1_009)]
    public void Half_way_between_two_rows_their_mean_is_off_by_less_than_115_dB(int from, int to)
    {
        var bank = FilterBank.For(from, to);
        Assert.False(bank.IsExact);
        foreach (var phase in new[] { 0, bank.Phases / 3, bank.Phases / 2, bank.Phases - 1 })
        {
            var (before, after) = (bank.Row(phase).ToArray(), bank.Row(phase + 1).ToArray());
            var errors = Row(bank, (phase + 0.5) / bank.Phases).Select((expected, i) => ((before[i] + (double)after[i]) / 2) - expected);
            // What it adds to noise at full scale.
            Assert.InRange(Math.Sqrt(errors.Sum(e => e * e)), 0, Math.Pow(10, -115 / 20.0));
        }
    }

    private static double[] Row(FilterBank bank, double phase)
    {
        // 100 dB down, half-way between 91 % and all of the lower rate's Nyquist frequency.
        var beta = 0.1102 * (100 - 8.7);
        var cutoff = 0.955 * Math.Min(1, (double)bank.Up / bank.Down);
        var row = Enumerable.Range(0, bank.Taps).Select(i =>
        {
            var time = i - ((bank.Taps / 2) - 1) - phase;
            var place = Math.Min(1, Math.Abs(time) / (bank.Taps / 2));
            var sinc = time == 0 ? cutoff : Math.Sin(Math.PI * cutoff * time) / (Math.PI * time);
            return sinc * BesselI0(beta * Math.Sqrt(1 - (place * place)));
        }).ToArray();
        var sum = row.Sum();
        return [.. row.Select(v => v / sum)];
    }

    /// <summary>The mean of exp(x cos t) over half a turn; the sum converges at once, as of all periodic functions.</summary>
    private static double BesselI0(double x) => Enumerable.Range(0, 64).Average(i => Math.Exp(x * Math.Cos(Math.PI * (i + 0.5) / 64)));
}
