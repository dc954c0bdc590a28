using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Benchmarks;

/// <summary>An encoder in ONNX Runtime against what multiply-adds alone reach, which need no memory: float32, one thread. Made for AVX-512.</summary>
internal static class PeakPair
{
    private const int Accumulators = 12;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    internal static Pair Of(string architecture)
    {
        using var network = SoundEncoders.Create(architecture, seed: 1);
        var session = new EncoderSession(network.ToOnnxModel((OnnxDimension[])["P", 1, 101, 96]));
        var operations = Operations(network);
        return new(
            $"peak-{architecture}", "GFLOP/s", new("ONNX Runtime, 1 thread", () => session.Rate() * operations / 1e9),
            new("multiply-adds in registers, 1 thread", Peak), session);
    }

    /// <summary>Multiplications and additions of the convolutions and dense layers for one patch.</summary>
    private static double Operations(SoundEncoder network)
    {
        double operations = 0;
        foreach (var module in network.modules())
        {
            if (module is Conv2d convolution)
                convolution.register_forward_hook((_, _, output) => Count(output, convolution.weight));
            else if (module is Linear dense)
                dense.register_forward_hook((_, _, output) => Count(output, dense.weight!));
        }
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        network.eval();
        network.call(zeros(1, 1, 101, 96));
        return operations;

        Tensor Count(Tensor output, Tensor weight)
        {
            operations += 2.0 * output.numel() * weight.numel() / weight.shape[0];
            return output;
        }
    }

    private static double Peak()
    {
        const int Rounds = 1_000_000;
        var best = double.MaxValue;
        for (var all = Stopwatch.StartNew(); all.Elapsed < Long;)
        {
            var watch = Stopwatch.StartNew();
            if (!float.IsFinite(MultiplyAdd(Rounds))) throw new InvalidOperationException("The sums are not finite.");
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return 2.0 * Vector512<float>.Count * Accumulators * Rounds / best / 1e9;
    }

    /// <summary>As many sums as it takes that none waits for itself, each in a register of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float MultiplyAdd(int rounds)
    {
        var factor = Vector512.Create(0.999f);
        var (a, b, c, d, e, f) = (factor, factor, factor, factor, factor, factor);
        var (g, h, i, j, k, l) = (factor, factor, factor, factor, factor, factor);
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, factor);
            b = Vector512.FusedMultiplyAdd(b, factor, factor);
            c = Vector512.FusedMultiplyAdd(c, factor, factor);
            d = Vector512.FusedMultiplyAdd(d, factor, factor);
            e = Vector512.FusedMultiplyAdd(e, factor, factor);
            f = Vector512.FusedMultiplyAdd(f, factor, factor);
            g = Vector512.FusedMultiplyAdd(g, factor, factor);
            h = Vector512.FusedMultiplyAdd(h, factor, factor);
            i = Vector512.FusedMultiplyAdd(i, factor, factor);
            j = Vector512.FusedMultiplyAdd(j, factor, factor);
            k = Vector512.FusedMultiplyAdd(k, factor, factor);
            l = Vector512.FusedMultiplyAdd(l, factor, factor);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
