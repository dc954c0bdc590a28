using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The contrastive loss of the paper (its equation 2): for every one of the 2N views the cross-entropy of finding its partner among the
/// 2N - 1 others by cosine similarity divided by a temperature, averaged over the views.
/// </summary>
public sealed class NtXentLoss : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly double _temperature;

    /// <summary>A loss with the given temperature tau.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public NtXentLoss(double temperature = 0.2)
        : base(nameof(NtXentLoss))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        _temperature = temperature;
    }

    /// <summary>The mean loss, a scalar.</summary>
    /// <param name="first">[N, D] projections of the clips' first views, each of length 1.</param>
    /// <param name="second">[N, D] projections of their second views, in the same order.</param>
    public override Tensor forward(Tensor first, Tensor second)
    {
        var n = first.shape[0];
        var views = cat([first, second], dim: 0).to(ScalarType.Float32);
        var similarity = views.mm(views.t()).div(_temperature);
        var itself = eye(2 * n, dtype: ScalarType.Bool, device: views.device);
        var partners = arange(2 * n, device: views.device).roll(n, 0);
        return nn.functional.cross_entropy(similarity.masked_fill(itself, double.NegativeInfinity), partners);
    }
}
