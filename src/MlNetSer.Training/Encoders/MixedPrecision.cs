using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Convolutions in the precision of their input, with weights that stay in float32 and get their gradients in float32.</summary>
internal static class MixedPrecision
{
    /// <summary>What <paramref name="conv"/> computes, with its weights rounded to the input's type.</summary>
    public static Tensor Convolve(Conv2d conv, Tensor input) => input.dtype == conv.weight.dtype
        ? conv.call(input)
        : nn.functional.conv2d(input, conv.weight.to(input.dtype), null, conv.stride, conv.padding, conv.dilation, conv.groups);
}
