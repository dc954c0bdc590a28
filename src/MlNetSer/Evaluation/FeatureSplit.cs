using Microsoft.ML;

namespace MlNetSer;

/// <summary>Clips to train a classifier on and clips to test it on.</summary>
internal sealed record FeatureSplit(FeatureRow[] Train, FeatureRow[] Test, int Seed)
{
    /// <summary>All clips but one fold's to train on, that fold's to test on.</summary>
    public static FeatureSplit At(FeatureRow[] rows, int fold, int seed) =>
        new(Array.FindAll(rows, r => r.Fold != fold), Array.FindAll(rows, r => r.Fold == fold), seed);

    /// <summary>The same among the training clips, for each of their folds; none if they are all in one.</summary>
    public IEnumerable<FeatureSplit> Inner()
    {
        int[] folds = [.. Train.Select(r => r.Fold).Distinct()];
        return folds.Length < 2 ? [] : folds.Select(fold => At(Train, fold, Seed));
    }

    /// <summary>The same with a row for each patch, in the order of the clips.</summary>
    public FeatureSplit ByPatches() => new(Patches(Train), Patches(Test), Seed);

    public TResult FitAndScore<TResult>(
        Func<MLContext, IEstimator<ITransformer>> pipeline, Func<MLContext, IDataView, TResult> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var ml = new MLContext(Seed);
        ITransformer? model = null;
        try
        {
            model = pipeline(ml).Fit(FeatureRow.Load(ml, Train));
            return read(ml, model.Transform(FeatureRow.Load(ml, Test)));
        }
        catch (Exception e) when (cancellation.IsCancellationRequested)
        {
            // Trainers wrap what a row throws in exceptions of their own.
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    private static FeatureRow[] Patches(FeatureRow[] clips) =>
        [.. clips.SelectMany(clip => clip.Patches.Select(patch => new FeatureRow { Features = patch, Label = clip.Label, Fold = clip.Fold, Stop = clip.Stop }))];
}
