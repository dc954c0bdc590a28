using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Arrays as tensors.</summary>
internal static class PatchTensor
{
    /// <summary>[patches, shape] on a device.</summary>
    public static Tensor Of(ReadOnlySpan<float> values, int patches, long[] shape, Device device)
    {
        var host = empty([patches, .. shape], float32);
        MemoryMarshal.AsBytes(values).CopyTo(host.bytes);
        return host.to(device);
    }
}
