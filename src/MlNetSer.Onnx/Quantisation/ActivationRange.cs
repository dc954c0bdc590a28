namespace MlNetSer.Onnx;

/// <summary>The values of an activation that 8 bits shall tell apart; what lies outside is cut off.</summary>
/// <param name="Low">The lowest, at most <paramref name="High"/>.</param>
/// <param name="High">The highest.</param>
public readonly record struct ActivationRange(float Low, float High)
{
    private const int Steps = byte.MaxValue;

    /// <summary>What one step of a byte is worth, and the byte that stands for 0, which is always exact: padding is 0.</summary>
    internal (float Scale, byte Zero) Quantised()
    {
        var (low, high) = (Math.Min(Low, 0), Math.Max(High, 0));
        // An activation that is always 0 takes any scale.
        var scale = high > low ? (high - low) / Steps : 1;
        return (scale, (byte)Math.Clamp(MathF.Round(-low / scale), 0, Steps));
    }
}
