using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class GaussianBlurTests
{
    [Fact]
    public void Weighs_the_neighbours_in_both_directions_with_edges_repeated()
    {
        int[] kernels = [3, 9, 5, 3];
        var patches = Patches.Random(4, seed: 1);
        using var scope = NewDisposeScope();

        var blurred = GaussianBlur.Apply(Patches.ToTensor(patches), kernels);

        Patches.AssertEqual([.. patches.Select((p, i) => Blur(p, kernels[i]))], blurred, 2e-5);
    }

    [Fact]
    public void Leaves_an_even_patch_as_it_is()
    {
        using var scope = NewDisposeScope();

        var blurred = GaussianBlur.Apply(full([2, Patches.Frames, Patches.Bands], -7.0f), [3, 9]);

        Patches.AssertEqual([Patches.Map((_, _) => -7), Patches.Map((_, _) => -7)], blurred, 1e-5);
    }

    [Fact]
    public void Draws_every_odd_kernel_equally_often()
    {
        var kernels = GaussianBlur.Draw(new(), 20_000, new TrainingPosition(1, 2, 3).Random("blur"));

        Assert.Equal([3, 5, 7, 9], kernels.Distinct().Order());
        Statistics.AssertUniform([.. kernels.Select(k => k / 2)], 1, 4);
        Assert.All(GaussianBlur.Draw(new() { MaxKernel = 3 }, 100, new TrainingPosition(1, 2, 3).Random("blur")), k => Assert.Equal(3, k));
    }

    private static double[,] Blur(double[,] patch, int kernel)
    {
        var deviation = kernel switch { 3 => 0.8, 5 => 1.1, 7 => 1.4, _ => 1.7 };
        var radius = kernel / 2;
        return Patches.Map((t, f) =>
        {
            var (sum, weights) = (0.0, 0.0);
            for (var dt = -radius; dt <= radius; dt++)
            {
                for (var df = -radius; df <= radius; df++)
                {
                    var weight = Math.Exp(-(dt * dt + df * df) / (2 * deviation * deviation));
                    weights += weight;
                    sum += weight * patch[Math.Clamp(t + dt, 0, Patches.Frames - 1), Math.Clamp(f + df, 0, Patches.Bands - 1)];
                }
            }
            return sum / weights;
        });
    }
}
