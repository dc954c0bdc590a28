using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>How an encoder is judged while it is trained.</summary>
[Flags]
internal enum MonitorKinds
{
    None = 0,
    Linear = 1,
    Knn = 2,
    Both = Linear | Knn,
}

/// <summary>Judges a run's encoder on labelled sounds. It holds their log-mels open.</summary>
internal sealed class RunMonitor : IDisposable
{
    private readonly LogMelCache? _cache;
    private readonly NeighbourMonitor? _neighbours;
    private readonly IReadOnlyList<LabelledSound>? _embedded;

    /// <param name="kinds">What to measure.</param>
    /// <param name="sounds">The sounds, of two labels at least.</param>
    /// <param name="everyEpochs">How often.</param>
    /// <param name="openCache">Opens the sounds' log-mels.</param>
    public RunMonitor(MonitorKinds kinds, IReadOnlyList<LabelledSound> sounds, int everyEpochs, Func<LogMelCache> openCache)
    {
        if (kinds.HasFlag(MonitorKinds.Linear)) _embedded = sounds;
        if (kinds.HasFlag(MonitorKinds.Knn))
        {
            var labels = new Dictionary<string, string>();
            foreach (var sound in sounds) labels[sound.Path] = sound.Label;
            _cache = openCache();
            _neighbours = new NeighbourMonitor(_cache, path => labels[path]);
        }
        Monitor = new PretrainMonitor(everyEpochs, (snapshot, cancellation) => new PretrainAccuracy(
            _embedded is null ? null : LinearEvaluation(snapshot, _embedded, cancellation),
            _neighbours?.Measure(snapshot, cancellation)));
    }

    public PretrainMonitor Monitor { get; }

    public void Dispose() => _cache?.Dispose();

    private static double LinearEvaluation(PretrainSnapshot snapshot, IReadOnlyList<LabelledSound> sounds, CancellationToken cancellation)
    {
        using var embedder = new SoundEmbedder(snapshot.ToModel().ToBytes());
        var features = SoundFeatures.Embed(embedder, sounds, null, cancellation);
        var options = new FoldEvaluationOptions { Classifiers = [SoundClassifier.Linear] };
        return FoldEvaluation.Run(features, options, cancellation).Classifiers[0].MicroAccuracy.Mean;
    }
}
