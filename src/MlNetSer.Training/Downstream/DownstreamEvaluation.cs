namespace MlNetSer.Training;

/// <summary>Cross-validation of classifiers that are trained by <see cref="DownstreamTrainer"/>.</summary>
public static class DownstreamEvaluation
{
    /// <summary>
    /// Trains on all folds but one and tests on that one, for every fold, which are those of the sounds where they have some. Sounds with a test
    /// set (<see cref="LabelledSound.IsTest"/>) are not cross-validated: the test set is the only fold, number 0. No epoch is chosen by the clips
    /// that are tested on: the last one counts.
    /// </summary>
    /// <param name="trainer">The trainer, with the encoder to start from.</param>
    /// <param name="settings">How each classifier is trained.</param>
    /// <param name="sounds">The sounds with their labels.</param>
    /// <param name="folds">How many stratified folds to make where the sounds come with none.</param>
    /// <param name="change">Changes the sounds that are trained on, such as by <see cref="TrainingLabels"/>; those that are tested on stay.</param>
    /// <param name="progress">Told after every sound and every step, as if all folds were one training.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The accuracies by fold, their mean and standard deviation, and the confusion matrix, of the one classifier.</returns>
    /// <exception cref="InvalidDataException">The folds cannot be used.</exception>
    /// <exception cref="RunException">See <see cref="DownstreamTrainer.Run"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EvaluationReport Run(
        DownstreamTrainer trainer,
        DownstreamSettings settings,
        IReadOnlyList<LabelledSound> sounds,
        int folds = 5,
        Func<IReadOnlyList<LabelledSound>, IReadOnlyList<LabelledSound>>? change = null,
        IProgress<DownstreamProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sounds);
        var assigned = Folds.Assign(sounds, folds, (int)(settings.Seed & int.MaxValue));
        int[] numbers = sounds.Any(s => s.IsTest) ? [Folds.TestSet] : [.. assigned.Distinct().Order()];
        trainer.Shared = sounds;
        var results = numbers.Select((fold, number) =>
        {
            IReadOnlyList<LabelledSound> train = [.. sounds.Where((_, i) => assigned[i] != fold)];
            IReadOnlyList<LabelledSound> test = [.. sounds.Where((_, i) => assigned[i] == fold)];
            var share = progress is null ? null : new FoldProgress(progress, number, numbers.Length);
            return trainer.Run(settings, change?.Invoke(train) ?? train, test: test, progress: share, cancellationToken: cancellationToken);
        }).ToArray();
        var classifier = FoldEvaluation.Summarise(
            settings.Mode == DownstreamMode.Linear ? "linear, SGD" : "fine-tuning",
            numbers,
            [.. results.Select(r => r.Test!.Confusion.Select(row => row.ToArray()).ToArray())]);
        var unreadable = results.SelectMany(r => r.Unreadable).DistinctBy(u => u.Path).Select(u => new UnreadableSound(u.Path, u.Reason));
        return new(trainer.Description, results[0].Info.EmbeddingSize, sounds.Count, results[0].Info.Labels, [classifier], [.. unreadable]);
    }

    private sealed class FoldProgress(IProgress<DownstreamProgress> progress, int fold, int folds) : IProgress<DownstreamProgress>
    {
        public void Report(DownstreamProgress value) => progress.Report(
            value.Stage == DownstreamStage.Training
                ? value with { Done = fold * value.Total + value.Done, Total = folds * value.Total }
                : value);
    }
}
