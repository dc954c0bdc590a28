using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>A way to classify clips by their feature vectors, for <see cref="FoldEvaluation"/>. Immutable and thread-safe.</summary>
public sealed class SoundClassifier
{
    private static readonly float[] s_l2Candidates = [1, 10, 100, 1000];

    private readonly Func<FeatureSplit, CancellationToken, string[]> _predict;

    private SoundClassifier(string name, Func<FeatureSplit, CancellationToken, string[]> predict)
    {
        Name = name;
        _predict = predict;
    }

    /// <summary>The name that reports show.</summary>
    public string Name { get; }

    /// <summary>
    /// Linear evaluation: multinomial logistic regression (L-BFGS) on standardised features. The weight of its L2 penalty is the one of
    /// 1, 10, 100 and 1,000 with the least log-loss over the training folds, each held out in turn.
    /// </summary>
    public static SoundClassifier Linear { get; } = new("linear", PredictLinear);

    /// <summary>Boosted trees, one forest per label against all others.</summary>
    public static SoundClassifier FastTree { get; } =
        FromPipeline("FastTree", ml => ClassifierHeads.FastTree(ml, nameof(FeatureRow.Features)));

    /// <summary>The 5 nearest neighbours by cosine similarity; a tied vote goes to the larger summed similarity.</summary>
    public static SoundClassifier NearestNeighbours { get; } = new("kNN", (split, _) => MlNetSer.NearestNeighbours.Predict(
        [.. split.Train.Select(r => r.Features)],
        [.. split.Train.Select(r => r.Label)],
        [.. split.Test.Select(r => r.Features)],
        k: 5));

    /// <summary>Linear, FastTree and nearest neighbours.</summary>
    public static IReadOnlyList<SoundClassifier> All { get; } = [Linear, FastTree, NearestNeighbours];

    /// <summary>Any ML.NET pipeline as a classifier.</summary>
    /// <param name="name">The name that reports show.</param>
    /// <param name="pipeline">
    /// Makes the pipeline, which is fitted once per fold. It finds <c>Features</c> (vector of float) and <c>Label</c> (text) and must
    /// give <c>PredictedLabel</c> (text). It is called from several threads, each time with an <see cref="MLContext"/> of its own.
    /// </param>
    /// <returns>The classifier.</returns>
    public static SoundClassifier FromPipeline(string name, Func<MLContext, IEstimator<ITransformer>> pipeline)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(pipeline);
        return new(name, (split, _) => split.FitAndScore(pipeline, PredictedLabels));
    }

    /// <summary>The labels that the test clips get after training on the others.</summary>
    internal string[] Predict(FeatureSplit split, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _predict(split, cancellationToken);
    }

    private static string[] PredictLinear(FeatureSplit split, CancellationToken cancellationToken)
    {
        FeatureSplit[] inner = [.. split.Inner()];
        var l2 = inner.Length == 0 ? ClassifierHeads.DefaultL2 : s_l2Candidates.MinBy(candidate => inner.Sum(held => Loss(candidate, held)));
        return split.FitAndScore(Head(l2), PredictedLabels);

        double Loss(float candidate, FeatureSplit held)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return held.Test.Length
                * held.FitAndScore(Head(candidate), (ml, scored) => ml.MulticlassClassification.Evaluate(scored).LogLoss);
        }
    }

    private static Func<MLContext, IEstimator<ITransformer>> Head(float l2) =>
        ml => ClassifierHeads.Linear(ml, l2, nameof(FeatureRow.Features));

    private static string[] PredictedLabels(MLContext ml, IDataView scored) => [.. scored.GetColumn<string>("PredictedLabel")];
}
