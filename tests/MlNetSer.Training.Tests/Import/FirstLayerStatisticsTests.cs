using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Where patches are far from the mean that is subtracted, and batches far from each other, every term counts.</summary>
public sealed class FirstLayerStatisticsTests
{
    private const int Frames = 6, Bands = 5;

    [Fact]
    public void The_scale_is_that_of_all_patches_together_whatever_their_batches()
    {
        const float Mean = -1.5f;
        using var scope = NewDisposeScope();
        using var encoder = SoundEncoders.Create("vgg", seed: 5);
        var norm = encoder.modules().OfType<BatchNorm2d>().First();
        var remembered = Enumerable.Range(0, (int)norm.num_features).Select(c => 0.01f * (1 + (c % 7))).ToArray();
        norm.running_var!.copy_(tensor(remembered));
        // Batches of different sizes around different levels.
        (int Count, float Level)[] batches = [(3, 20), (5, -4), (1, 2)];
        var random = new Random(1);
        var patches = batches.Select(b => (Values: Enumerable.Range(0, b.Count * Frames * Bands).Select(_ => b.Level + random.NextSingle()).ToArray(), Shape: new long[] { b.Count, 1, Frames, Bands })).ToList();

        var scale = new FirstLayerStatistics(encoder).InputScale(patches, Mean, TestContext.Current.CancellationToken);

        double[] variances = [.. Channels(encoder.modules().OfType<Conv2d>().First(), [.. patches.SelectMany(p => p.Values).Select(v => v - (double)Mean).Chunk(Frames * Bands)]).Select(Variance)];
        var expected = Math.Exp(variances.Zip(remembered, (variance, former) => Math.Log(variance / former) / 2).Average());
        Assert.Equal(expected, scale, 1e-5 * expected);
    }

    /// <summary>The outputs of a convolution by 3 x 3 with zeros around, for each of its channels.</summary>
    private static IEnumerable<List<double>> Channels(Conv2d convolution, double[][] patches)
    {
        Assert.Equal(new long[] { 3, 3 }, convolution.weight.shape[2..]);
        var weights = convolution.weight.data<float>().ToArray();
        var bias = convolution.bias?.data<float>().ToArray();
        for (var channel = 0; channel < convolution.out_channels; channel++)
        {
            var outputs = new List<double>();
            foreach (var patch in patches)
            {
                for (var at = 0; at < patch.Length; at++)
                {
                    var sum = (double)(bias?[channel] ?? 0);
                    for (var tap = 0; tap < 9; tap++)
                    {
                        var (frame, band) = ((at / Bands) + (tap / 3) - 1, (at % Bands) + (tap % 3) - 1);
                        if (frame is >= 0 and < Frames && band is >= 0 and < Bands) sum += weights[(channel * 9) + tap] * patch[(frame * Bands) + band];
                    }
                    outputs.Add(sum);
                }
            }
            yield return outputs;
        }
    }

    private static double Variance(List<double> values)
    {
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }
}
