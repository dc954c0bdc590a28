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
    public static SoundClassifier NearestNeighbours { get; } = new("kNN", (split, cancellation) => MlNetSer.NearestNeighbours.Predict(
        [.. split.Train.Select(r => r.Features)],
        [.. split.Train.Select(r => r.Label)],
        [.. split.Test.Select(r => r.Features)],
        k: 5,
        cancellation));

    /// <summary>Multinomial logistic regression as <see cref="Linear"/>, by stochastic dual coordinate ascent and with a penalty that is not chosen.</summary>
    public static SoundClassifier Sdca { get; } = new("SDCA", (split, cancellation) => split.FitAndScore(
        // SDCA weighs its penalty against the mean loss of all clips, L-BFGS against their sum.
        ml => ClassifierHeads.Sdca(ml, ClassifierHeads.DefaultL2 / split.Train.Length, nameof(FeatureRow.Features)), PredictedLabels, cancellation));

    /// <summary>Random forests, one per label against all others.</summary>
    public static SoundClassifier FastForest { get; } =
        FromPipeline("FastForest", ml => ClassifierHeads.FastForest(ml, nameof(FeatureRow.Features)));

    /// <summary>
    /// As <see cref="Linear"/>, but it learns from each patch by itself; a clip gets the label with the highest probability, averaged over its
    /// patches. It needs features with patches (<see cref="SoundFeatures.EmbedPatches"/>).
    /// </summary>
    public static SoundClassifier PatchSoftmax { get; } = new("patch softmax", PredictPatches) { NeedsPatches = true };

    /// <summary>Linear, FastTree and nearest neighbours: what is compared where nothing else is asked for.</summary>
    public static IReadOnlyList<SoundClassifier> All { get; } = [Linear, FastTree, NearestNeighbours];

    /// <summary>Whether it looks at the patches of clips, not only at their mean.</summary>
    public bool NeedsPatches { get; private init; }

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
        return new(name, (split, cancellation) => split.FitAndScore(pipeline, PredictedLabels, cancellation));
    }

    /// <summary>The labels that the test clips get after training on the others.</summary>
    internal string[] Predict(FeatureSplit split, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _predict(split, cancellationToken);
    }

    private static string[] PredictLinear(FeatureSplit split, CancellationToken cancellationToken) =>
        split.FitAndScore(Head(ChooseL2(split, cancellationToken)), PredictedLabels, cancellationToken);

    private static string[] PredictPatches(FeatureSplit split, CancellationToken cancellationToken)
    {
        var patches = split.ByPatches();
        var scores = patches.FitAndScore(Head(ChooseL2(patches, cancellationToken)), (_, scored) =>
        {
            VBuffer<ReadOnlyMemory<char>> labels = default;
            scored.Schema["Score"].GetSlotNames(ref labels);
            return (Labels: labels.DenseValues().Select(l => l.ToString()).ToArray(), Rows: scored.GetColumn<float[]>("Score").ToArray());
        }, cancellationToken);
        var first = 0;
        return [.. split.Test.Select(clip =>
        {
            var rows = scores.Rows.AsSpan(first, clip.Patches.Count).ToArray();
            first += rows.Length;
            return scores.Labels[Enumerable.Range(0, scores.Labels.Length).MaxBy(k => rows.Sum(row => (double)row[k]))];
        })];
    }

    private static float ChooseL2(FeatureSplit split, CancellationToken cancellationToken)
    {
        FeatureSplit[] inner = [.. split.Inner()];
        return inner.Length == 0 ? ClassifierHeads.DefaultL2 : s_l2Candidates.MinBy(candidate => inner.Sum(held => Loss(candidate, held)));

        double Loss(float candidate, FeatureSplit held) => held.Test.Length
            * held.FitAndScore(Head(candidate), (ml, scored) => ml.MulticlassClassification.Evaluate(scored).LogLoss, cancellationToken);
    }

    private static Func<MLContext, IEstimator<ITransformer>> Head(float l2) =>
        ml => ClassifierHeads.Linear(ml, l2, nameof(FeatureRow.Features));

    private static string[] PredictedLabels(MLContext ml, IDataView scored) => [.. scored.GetColumn<string>("PredictedLabel")];
}
