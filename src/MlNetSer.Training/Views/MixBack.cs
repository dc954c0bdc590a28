using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Settings of mix-back, the mixing of every view with a quieter background.</summary>
public sealed record MixBackSettings
{
    /// <summary>Alpha: the background's share lambda is drawn from U(0, alpha); within [0, 1].</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Where the backgrounds come from.</summary>
    public MixBackBackgrounds Backgrounds { get; init; } = MixBackBackgrounds.OtherClips;
}

/// <summary>
/// Mix-back (equation 1 of the paper): x_m = (1 - lambda) x + lambda [E(x) / E(b)] b on linear power, where E sums over a patch. Scaling the
/// background to the foreground's energy keeps the foreground dominant. Both views of a clip share lambda and have each a background of
/// their own.
/// </summary>
internal static class MixBack
{
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>One lambda for each of <paramref name="clips"/> clips.</summary>
    public static float[] Draw(MixBackSettings settings, int clips, StepRandom random) =>
        random.Uniform(0, settings.Alpha, clips);

    /// <summary>Mixes log-mel patches [2, N, frames, bands] with as many backgrounds.</summary>
    public static Tensor Apply(Tensor patches, Tensor backgrounds, ReadOnlySpan<float> lambdas)
    {
        var share = tensor(lambdas.ToArray(), [1, lambdas.Length, 1, 1], device: patches.device);
        var foreground = patches.mul(Ln10).exp_();
        var background = backgrounds.mul(Ln10).exp_();
        var gain = foreground.sum([2, 3], keepdim: true).div_(background.sum([2, 3], keepdim: true)).mul_(share);
        return foreground.mul_(1 - share).add_(background.mul_(gain)).log10_();
    }
}
