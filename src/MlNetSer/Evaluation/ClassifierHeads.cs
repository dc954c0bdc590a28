using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Transforms;

namespace MlNetSer;

/// <summary>What follows the embedding in a pipeline: from features and <c>Label</c> (text) to <c>PredictedLabel</c> (text).</summary>
internal static class ClassifierHeads
{
    /// <summary>Of 1 to 1,000, the penalty that does well on embeddings of a few hundred clips.</summary>
    public const float DefaultL2 = 100;

    public static IEstimator<ITransformer> Linear(MLContext ml, float l2, string features) => Labels(ml)
        .Append(ml.Transforms.NormalizeMeanVariance(features, fixZero: false))
        .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = features,
            L1Regularization = 0,
            L2Regularization = l2,
            OptimizationTolerance = 1e-5f,
            // Sums in another order, on a machine with other cores, would end in other weights.
            NumberOfThreads = 1,
        }))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    public static IEstimator<ITransformer> FastTree(MLContext ml, string features) => Labels(ml)
        .Append(ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            FeatureColumnName = features,
            // Shallow trees, each on a tenth of the dimensions and few bins: as accurate on embeddings as larger ones, in a fraction of the time.
            NumberOfTrees = 30,
            NumberOfLeaves = 4,
            MinimumExampleCountPerLeaf = 4,
            LearningRate = 0.3,
            FeatureFraction = 0.1,
            MaximumBinCountPerFeature = 32,
            NumberOfThreads = 1,
        })))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    public static IEstimator<ITransformer> Sdca(MLContext ml, float l2, string features) => Labels(ml)
        .Append(ml.Transforms.NormalizeMeanVariance(features, fixZero: false))
        .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = features,
            L1Regularization = 0,
            L2Regularization = l2,
            MaximumNumberOfIterations = 100,
            NumberOfThreads = 1,
        }))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    public static IEstimator<ITransformer> FastForest(MLContext ml, string features) => Labels(ml)
        .Append(ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastForest(new FastForestBinaryTrainer.Options
        {
            FeatureColumnName = features,
            NumberOfTrees = 50,
            NumberOfLeaves = 16,
            MinimumExampleCountPerLeaf = 2,
            FeatureFraction = 0.1,
            MaximumBinCountPerFeature = 32,
            NumberOfThreads = 1,
        })))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private static ValueToKeyMappingEstimator Labels(MLContext ml) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);
}
