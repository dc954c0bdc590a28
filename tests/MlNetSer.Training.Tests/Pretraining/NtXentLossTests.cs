using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class NtXentLossTests
{
    [Theory]
    [InlineData(2, 3, 0.2)]
    [InlineData(7, 16, 0.5)]
    [InlineData(33, 128, 0.07)]
    public void Equals_a_naive_loop_in_double_precision(int n, int size, double temperature)
    {
        var random = new TrainingPosition(Seed: 3, Epoch: n, Step: size).Random("views");
        var views = Enumerable.Range(0, 2 * n).Select(_ => UnitVector(random, size)).ToArray();
        using var scope = NewDisposeScope();
        using var loss = new NtXentLoss(temperature);

        var actual = loss.call(Stack(views[..n]), Stack(views[n..])).ToDouble();

        Assert.Equal(NaiveLoss(views, n, temperature), actual, 1e-4);
    }

    [Fact]
    public void Of_equal_views_is_the_logarithm_of_the_number_of_others()
    {
        using var scope = NewDisposeScope();
        using var loss = new NtXentLoss();
        var views = ones(5, 4) / 2;

        Assert.Equal(Math.Log(9), loss.call(views, views).ToDouble(), 1e-5);
    }

    [Fact]
    public void Refuses_a_temperature_of_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => new NtXentLoss(0));

    private static double NaiveLoss(double[][] views, int n, double temperature)
    {
        var sum = 0.0;
        for (var i = 0; i < views.Length; i++)
        {
            var denominator = 0.0;
            var partner = 0.0;
            for (var v = 0; v < views.Length; v++)
            {
                if (v == i) continue;
                var dot = 0.0;
                for (var d = 0; d < views[i].Length; d++) dot += views[i][d] * views[v][d];
                var e = Math.Exp(dot / temperature);
                denominator += e;
                if (v == (i < n ? i + n : i - n)) partner = e;
            }
            sum -= Math.Log(partner / denominator);
        }
        return sum / views.Length;
    }

    private static double[] UnitVector(StepRandom random, int size)
    {
        var vector = Enumerable.Range(0, size).Select(_ => random.Uniform(-1, 1)).ToArray();
        var norm = Math.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / norm)];
    }

    private static Tensor Stack(double[][] rows) =>
        tensor(rows.SelectMany(r => r).Select(v => (float)v).ToArray(), [rows.Length, rows[0].Length]);
}
