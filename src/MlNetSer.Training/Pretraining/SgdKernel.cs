using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A step of <see cref="Sgd"/> in one pass over memory, where torch takes five.</summary>
internal static class SgdKernel
{
    // Enough that a thread is worth its while.
    private const int Piece = 1 << 16;

    /// <summary>v = momentum v + (gradient + decay w), w -= rate v, gradient = 0.</summary>
    /// <returns>False where torch must do it: other processors and types, or tensors that do not lie in memory alike and in one piece.</returns>
    public static bool TryStep(Tensor weight, Tensor velocity, Tensor gradient, double rate, double momentum, double decay)
    {
        if (weight.device_type != DeviceType.CPU || weight.dtype != float32 || weight.numel() > int.MaxValue / sizeof(float)) return false;
        // Sgd makes velocities like their weights; gradients come from torch.
        if (!weight.stride().SequenceEqual(gradient.stride())) return false;
        using var scope = NewDisposeScope();
        if (InOnePiece(weight.detach()) is not { } w || InOnePiece(velocity) is not { } v || InOnePiece(gradient) is not { } g) return false;
        Step(w.bytes, v.bytes, g.bytes, (float)rate, (float)momentum, (float)decay);
        return true;
    }

    private static Tensor? InOnePiece(Tensor tensor)
    {
        if (tensor.is_contiguous()) return tensor;
        return tensor.dim() == 4 && tensor.permute(0, 2, 3, 1) is var channelsLast && channelsLast.is_contiguous() ? channelsLast : null;
    }

    private static unsafe void Step(Span<byte> weight, Span<byte> velocity, Span<byte> gradient, float rate, float momentum, float decay)
    {
        var length = weight.Length / sizeof(float);
        fixed (byte* firstWeight = weight, firstVelocity = velocity, firstGradient = gradient)
        {
            var (w, v, g) = ((nint)firstWeight, (nint)firstVelocity, (nint)firstGradient);
            Parallel.For(0, (length + Piece - 1) / Piece, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, piece =>
            {
                var begin = piece * Piece;
                Span<float> Of(nint values) => new((float*)values + begin, Math.Min(Piece, length - begin));
                Step(Of(w), Of(v), Of(g), rate, momentum, decay);
            });
        }
    }

    private static void Step(Span<float> weight, Span<float> velocity, Span<float> gradient, float rate, float momentum, float decay)
    {
        var w = MemoryMarshal.Cast<float, Vector<float>>(weight);
        var v = MemoryMarshal.Cast<float, Vector<float>>(velocity);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (var i = 0; i < w.Length; i++)
        {
            v[i] = (v[i] * momentum) + g[i] + (w[i] * decay);
            w[i] -= v[i] * rate;
        }
        for (var i = w.Length * Vector<float>.Count; i < weight.Length; i++)
        {
            velocity[i] = (velocity[i] * momentum) + gradient[i] + (weight[i] * decay);
            weight[i] -= velocity[i] * rate;
        }
        gradient.Clear();
    }
}
