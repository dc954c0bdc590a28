using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Shifts along one axis of a patch, where what leaves at one end comes back at the other.</summary>
internal static class CircularShift
{
    /// <summary>A shift for each patch, uniform in 1..<paramref name="largest"/>.</summary>
    public static int[] Draw(int largest, int count, StepRandom random)
    {
        var shifts = new int[count];
        foreach (ref var shift in shifts.AsSpan()) shift = 1 + random.Below(largest);
        return shifts;
    }

    /// <summary>Shifts patches [P, frames, bands], each by its own number of steps towards later frames (axis 1) or higher bands (axis 2).</summary>
    public static Tensor Apply(Tensor patches, ReadOnlySpan<int> shifts, int axis)
    {
        var size = patches.shape[axis];
        var start = tensor(shifts.ToArray(), [shifts.Length, 1], int64, patches.device);
        // Where each value of the result comes from; remainder has the sign of the divisor.
        var from = (arange(size, int64, patches.device) - start).remainder_(size).unsqueeze(axis is 1 ? 2 : 1);
        return patches.gather(axis, from.expand_as(patches));
    }
}
