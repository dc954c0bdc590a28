using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>
/// Ready-made pipelines from sounds to labels. Each embeds a sound once however often its trainer passes over the data. They need the
/// columns <c>SoundPath</c> (or what the options say) and <c>Label</c> (text), as
/// <see cref="SoundFolderCatalog.LoadFromSoundFolder"/> gives them, and add <c>PredictedLabel</c> (text) and <c>Score</c>.
/// </summary>
public static class SoundPipelines
{
    /// <summary>Multinomial logistic regression (L-BFGS) on standardised embeddings.</summary>
    /// <param name="ml">The context that the pipeline belongs to.</param>
    /// <param name="embedding">Model and columns; left out, the defaults.</param>
    /// <param name="l2Regularization">Weight of the L2 penalty against the summed loss of all clips: 1 / C in other libraries.</param>
    /// <returns>The pipeline.</returns>
    public static EstimatorChain<ITransformer> Linear(
        MLContext ml, SoundEmbeddingOptions? embedding = null, float l2Regularization = ClassifierHeads.DefaultL2) =>
        AfterEmbedding(ml, embedding, features => ClassifierHeads.Linear(ml, l2Regularization, features));

    /// <summary>Boosted trees on embeddings, one forest per label against all others.</summary>
    /// <param name="ml">The context that the pipeline belongs to.</param>
    /// <param name="embedding">Model and columns; left out, the defaults.</param>
    /// <returns>The pipeline.</returns>
    public static EstimatorChain<ITransformer> FastTree(MLContext ml, SoundEmbeddingOptions? embedding = null) =>
        AfterEmbedding(ml, embedding, features => ClassifierHeads.FastTree(ml, features));

    private static EstimatorChain<ITransformer> AfterEmbedding(
        MLContext ml, SoundEmbeddingOptions? embedding, Func<string, IEstimator<ITransformer>> classifier)
    {
        ArgumentNullException.ThrowIfNull(ml);
        embedding ??= new();
        // The first link only starts a chain, to which a cache can be appended.
        return ml.Transforms.CopyColumns(embedding.InputColumnName, embedding.InputColumnName)
            .Append(ml.Transforms.ApplySoundEmbedding(embedding))
            .AppendCacheCheckpoint(ml)
            .Append(classifier(embedding.OutputColumnName));
    }
}
