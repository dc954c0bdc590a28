using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Log-mel-like patches for tests, as double arrays and as tensors.</summary>
internal static class Patches
{
    public const int Frames = 101;
    public const int Bands = 96;

    /// <summary>Values in [-8, 4), the range of log-mels.</summary>
    public static double[][,] Random(int count, long seed)
    {
        var random = new TrainingPosition(seed, 0, 0).Random("patches");
        var patches = new double[count][,];
        for (var p = 0; p < count; p++)
        {
            patches[p] = new double[Frames, Bands];
            for (var t = 0; t < Frames; t++)
            {
                for (var f = 0; f < Bands; f++) patches[p][t, f] = (float)random.Uniform(-8, 4);
            }
        }
        return patches;
    }

    /// <summary>A patch of what a function gives for every frame and band.</summary>
    public static double[,] Map(Func<int, int, double> value)
    {
        var patch = new double[Frames, Bands];
        for (var t = 0; t < Frames; t++)
        {
            for (var f = 0; f < Bands; f++) patch[t, f] = value(t, f);
        }
        return patch;
    }

    public static void CopyTo(double[,] patch, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)patch[i / Bands, i % Bands];
    }

    public static Tensor ToTensor(IReadOnlyList<double[,]> patches) =>
        tensor(patches.SelectMany(p => p.Cast<double>()).Select(v => (float)v).ToArray(), [patches.Count, Frames, Bands]);

    public static void AssertEqual(IReadOnlyList<double[,]> expected, Tensor actual, double tolerance)
    {
        var values = actual.contiguous().data<float>().ToArray();
        Assert.Equal(expected.Count * Frames * Bands, values.Length);
        var i = 0;
        foreach (var value in expected.SelectMany(p => p.Cast<double>()))
        {
            if (Math.Abs(value - values[i]) > tolerance || float.IsNaN(values[i]))
                Assert.Fail($"value {i} is {values[i]}, expected {value}");
            i++;
        }
    }
}
