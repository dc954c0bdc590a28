using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>
/// Dot products of a filter row with windows of the input. Whichever method computes an output, it adds the same products in the same
/// order: the result does not depend on how the sound was cut into pieces.
/// </summary>
internal static class DotProduct
{
    /// <summary>Outputs that <see cref="Block"/> computes at once: as many sums as hide the latency of one addition.</summary>
    public const int BlockSize = 8;

    /// <summary>One window.</summary>
    /// <param name="row">Filter coefficients, a multiple of 16.</param>
    /// <param name="window">As many samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float One(ReadOnlySpan<float> row, ReadOnlySpan<float> window)
    {
        ref var h = ref MemoryMarshal.GetReference(row);
        ref var x = ref MemoryMarshal.GetReference(window[..row.Length]);
        var sum = Vector<float>.Zero;
        for (nuint i = 0; i < (nuint)row.Length; i += (nuint)Vector<float>.Count)
            sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref h, i), Vector.LoadUnsafe(ref x, i), sum);
        return Vector.Sum(sum);
    }

    /// <summary>Eight windows, each <paramref name="step"/> samples after the one before: coefficients are loaded once for all.</summary>
    /// <param name="row">Filter coefficients, a multiple of 16.</param>
    /// <param name="samples">The input from the first window on.</param>
    /// <param name="step">Samples from a window to the next.</param>
    /// <param name="output">Takes the results, from its start.</param>
    /// <param name="outputStep">Places from a result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Block(ReadOnlySpan<float> row, ReadOnlySpan<float> samples, int step, Span<float> output, int outputStep)
    {
        var taps = (nuint)row.Length;
        ref var h = ref MemoryMarshal.GetReference(row);
        // The slice checks once what the loop then reads unchecked.
        ref var x0 = ref MemoryMarshal.GetReference(samples[..((7 * step) + row.Length)]);
        ref var x1 = ref Unsafe.Add(ref x0, step);
        ref var x2 = ref Unsafe.Add(ref x0, 2 * step);
        ref var x3 = ref Unsafe.Add(ref x0, 3 * step);
        ref var x4 = ref Unsafe.Add(ref x0, 4 * step);
        ref var x5 = ref Unsafe.Add(ref x0, 5 * step);
        ref var x6 = ref Unsafe.Add(ref x0, 6 * step);
        ref var x7 = ref Unsafe.Add(ref x0, 7 * step);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (nuint i = 0; i < taps; i += (nuint)Vector<float>.Count)
        {
            var c = Vector.LoadUnsafe(ref h, i);
            s0 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x0, i), s0);
            s1 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x1, i), s1);
            s2 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x2, i), s2);
            s3 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x3, i), s3);
            s4 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x4, i), s4);
            s5 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x5, i), s5);
            s6 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x6, i), s6);
            s7 = Vector.MultiplyAddEstimate(c, Vector.LoadUnsafe(ref x7, i), s7);
        }
        output[7 * outputStep] = Vector.Sum(s7);
        output[0] = Vector.Sum(s0);
        output[outputStep] = Vector.Sum(s1);
        output[2 * outputStep] = Vector.Sum(s2);
        output[3 * outputStep] = Vector.Sum(s3);
        output[4 * outputStep] = Vector.Sum(s4);
        output[5 * outputStep] = Vector.Sum(s5);
        output[6 * outputStep] = Vector.Sum(s6);
    }
}
