using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of Gaussian blur.</summary>
/// <remarks>
/// Only the kernel is drawn; its standard deviation follows from its size k as is usual for images, 0.3 (k - 3) / 2 + 0.8 frames and bands:
/// 0.8 for a kernel of 3, 1.7 for one of 9.
/// </remarks>
public sealed record GaussianBlurSettings
{
    /// <summary>Largest side of the square kernel in frames and bands; odd. A patch's is one of 3, 5, 7, ... up to it, all equally often.</summary>
    public int MaxKernel { get; init; } = 9;
}

/// <summary>Gaussian blur over frames and bands; beyond the patch its edges are repeated.</summary>
internal static class GaussianBlur
{
    private const int SmallestKernel = 3;

    /// <summary>An odd kernel size for each patch.</summary>
    public static int[] Draw(GaussianBlurSettings settings, int count, StepRandom random)
    {
        var kernels = new int[count];
        foreach (ref var kernel in kernels.AsSpan()) kernel = SmallestKernel + 2 * random.Below((settings.MaxKernel - SmallestKernel) / 2 + 1);
        return kernels;
    }

    /// <summary>Blurs patches [P, frames, bands], each by its own kernel.</summary>
    /// <remarks>The kernel is separable, and a row of either matrix holds the weights of one value's neighbours.</remarks>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<int> kernels)
    {
        var sizes = kernels.ToArray().Distinct().Order().ToArray();
        var which = tensor(kernels.ToArray().Select(k => (long)Array.IndexOf(sizes, k)).ToArray(), device: patches.device);
        Tensor Matrices(long length) => stack(sizes.Select(k => Neighbourhoods(k, length, patches.device)), 0).index_select(0, which);
        return Matrices(patches.shape[1]).bmm(patches).bmm(Matrices(patches.shape[2]).transpose(1, 2));
    }

    /// <summary>[length, length]: the weights that every place gives to all places.</summary>
    private static Tensor Neighbourhoods(int kernel, long length, Device device)
    {
        var deviation = 0.3 * (kernel - 3) / 2 + 0.8;
        var offsets = Enumerable.Range(-(kernel / 2), kernel).ToArray();
        var weights = offsets.Select(offset => Math.Exp(-0.5 * offset * offset / (deviation * deviation))).ToArray();
        var sum = weights.Sum();
        var matrix = new float[length * length];
        for (var row = 0; row < length; row++)
        {
            for (var i = 0; i < kernel; i++)
                matrix[row * length + Math.Clamp(row + offsets[i], 0, length - 1)] += (float)(weights[i] / sum);
        }
        return tensor(matrix, [length, length], device: device);
    }
}
