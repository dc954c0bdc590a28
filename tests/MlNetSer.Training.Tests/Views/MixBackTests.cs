using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class MixBackTests
{
    [Fact]
    public void Follows_equation_1_in_double_precision()
    {
        var foreground = Patches.Random(6, seed: 1);
        var background = Patches.Random(6, seed: 2);
        float[] lambdas = [0, 0.05f, 0.6f];
        using var scope = NewDisposeScope();

        var mixed = MixBack.Apply(
            Patches.ToTensor(foreground).reshape(2, 3, Patches.Frames, Patches.Bands),
            Patches.ToTensor(background).reshape(2, 3, Patches.Frames, Patches.Bands),
            lambdas);

        var expected = foreground.Select((x, i) => Mix(x, background[i], lambdas[i % 3])).ToArray();
        Patches.AssertEqual(expected, mixed.reshape(6, Patches.Frames, Patches.Bands), 2e-5);
    }

    [Fact]
    public void Leaves_a_loud_background_no_more_than_its_share_of_the_energy()
    {
        var quiet = Patches.Random(2, seed: 1);
        var loud = Patches.Random(2, seed: 2).Select(p => Map(p, v => v + 6)).ToArray();
        using var scope = NewDisposeScope();

        var mixed = MixBack.Apply(Patches.ToTensor(quiet).unsqueeze(1), Patches.ToTensor(loud).unsqueeze(1), [0.3f]);

        // Both parts have the foreground's energy, so their weighted sum has it too.
        var energies = tensor(10.0).pow(mixed.to(float64)).sum([2, 3]).data<double>().ToArray();
        Assert.Equal(Energy(quiet[0]), energies[0], 1e-4 * energies[0]);
        Assert.Equal(Energy(quiet[1]), energies[1], 1e-4 * energies[1]);
    }

    [Fact]
    public void Draws_the_share_uniformly_up_to_alpha()
    {
        var lambdas = MixBack.Draw(new MixBackSettings(), 20_000, new TrainingPosition(1, 2, 3).Random("mix"));

        Assert.InRange(lambdas.Min(), 0, 1e-5);
        Assert.InRange(lambdas.Max(), 0.04999, 0.05);
        Assert.Equal(0.025, lambdas.Average(), 5e-4);
    }

    private static double[,] Mix(double[,] x, double[,] b, double lambda)
    {
        var ratio = Energy(x) / Energy(b);
        var mixed = new double[Patches.Frames, Patches.Bands];
        for (var t = 0; t < Patches.Frames; t++)
        {
            for (var f = 0; f < Patches.Bands; f++)
                mixed[t, f] = Math.Log10((1 - lambda) * Math.Pow(10, x[t, f]) + lambda * ratio * Math.Pow(10, b[t, f]));
        }
        return mixed;
    }

    private static double Energy(double[,] patch) => patch.Cast<double>().Sum(v => Math.Pow(10, v));

    private static double[,] Map(double[,] patch, Func<double, double> change)
    {
        var mapped = new double[Patches.Frames, Patches.Bands];
        for (var t = 0; t < Patches.Frames; t++)
        {
            for (var f = 0; f < Patches.Bands; f++) mapped[t, f] = change(patch[t, f]);
        }
        return mapped;
    }
}
