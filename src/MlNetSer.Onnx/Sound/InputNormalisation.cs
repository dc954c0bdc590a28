namespace MlNetSer.Onnx;

/// <summary>
/// What is done to log-mel values before they enter an encoder: (x - mean) / std, with the two values under which its weights were
/// trained. Immutable.
/// </summary>
/// <param name="Mean">Mean log-mel value of the training set.</param>
/// <param name="Std">Its standard deviation, positive.</param>
public readonly record struct InputNormalisation(float Mean, float Std)
{
    /// <summary>Checks that the values can be applied.</summary>
    /// <exception cref="ArgumentException">The mean is not finite, or the standard deviation not finite and positive.</exception>
    public void Validate()
    {
        if (!float.IsFinite(Mean)) throw new ArgumentException(FormattableString.Invariant($"Mean = {Mean}: expected a finite number"));
        if (!float.IsNormal(Std) || Std < 0) throw new ArgumentException(FormattableString.Invariant($"Std = {Std}: expected a positive finite number"));
    }
}
