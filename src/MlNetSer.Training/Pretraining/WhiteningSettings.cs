namespace MlNetSer.Training;

/// <summary>
/// Evens out the directions in which all embeddings differ the most, such as loudness and how full a spectrum is, so that what is left between two
/// embeddings says more about what they are of. Learnt from the training data without labels once the encoder is trained, and a part of the exported model.
/// </summary>
/// <remarks>
/// With the eigenvalues λ of the patch embeddings' covariance in falling order, their mean s and the shrinkage c, the first directions i are
/// divided by √((λ_i + c·s) / (λ_n + c·s)), where n is the first one that is left as it is. The mean is subtracted.
/// </remarks>
public sealed record WhiteningSettings
{
    /// <summary>How many directions are evened out; at least 1, fewer than an embedding has elements.</summary>
    public int Directions { get; init; } = 32;

    /// <summary>c: the smaller, the more a strong direction is weakened. 0 or more.</summary>
    public double Shrinkage { get; init; } = 1;

    /// <summary>How many of the training data's patches it is learnt from; more than <see cref="Directions"/>, and better several times as many as an embedding has elements.</summary>
    public int Patches { get; init; } = 8192;

    internal void Validate()
    {
        PretrainSettings.Require(Patches > Directions, $"whitening.patches is {Patches}, expected more than the {Directions} directions");
        PretrainSettings.Require(Directions > 0, $"whitening.directions is {Directions}, expected at least 1");
        PretrainSettings.Require(Shrinkage >= 0, $"whitening.shrinkage is {Shrinkage}, expected 0 or more");
    }

    internal void RequireRoom(int embeddingSize) => PretrainSettings.Require(
        Directions < embeddingSize, $"whitening.directions is {Directions}, expected less than the {embeddingSize} elements of an embedding");
}
