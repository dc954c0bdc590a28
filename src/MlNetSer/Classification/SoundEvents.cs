namespace MlNetSer;

/// <summary>A sound event in a recording.</summary>
/// <param name="Label">What is heard.</param>
/// <param name="Onset">Where it begins, in seconds from the beginning of the recording.</param>
/// <param name="Offset">Where it ends, in seconds.</param>
/// <param name="Score">The label's largest probability in it, 0 to 1.</param>
public sealed record SoundEvent(string Label, double Onset, double Offset, float Score);

/// <summary>When a classifier's probabilities make an event.</summary>
public sealed record SoundEventOptions
{
    /// <summary>The least probability within an event, above 0 and at most 1.</summary>
    public float Threshold { get; init; } = 0.5f;

    /// <summary>Two events of a label that are no farther apart are one, in seconds.</summary>
    public double MergeSeconds { get; init; } = 0.5;

    /// <summary>Shorter events are left out, in seconds; asked after merging.</summary>
    public double MinimumSeconds { get; init; }

    internal void Validate()
    {
        if (!(Threshold is > 0 and <= 1)) throw new ArgumentException($"Threshold = {Threshold}: expected above 0, at most 1.");
        if (!(MergeSeconds >= 0)) throw new ArgumentException($"MergeSeconds = {MergeSeconds}: expected 0 or more.");
        if (!(MinimumSeconds >= 0)) throw new ArgumentException($"MinimumSeconds = {MinimumSeconds}: expected 0 or more.");
    }
}

/// <summary>
/// From class probabilities over time to sound events: where a label's probability reaches a threshold, there is an event; those that are close to each
/// other are merged; those that are too short are left out.
/// </summary>
public static class SoundEvents
{
    /// <summary>Onsets and offsets are sums of fractions of a second: touching stretches may differ in the last bit.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>Finds the events of all labels. It holds the events, not the timeline, in memory.</summary>
    /// <param name="timeline">Predictions in order of time, as <see cref="SoundPredictor.PredictFileTimeline"/> gives them.</param>
    /// <param name="labels">The labels in the order of the probabilities (<see cref="SoundPredictor.Labels"/>).</param>
    /// <param name="options">Settings; left out, the defaults.</param>
    /// <returns>The events in order of their onsets, of the same onset in the order of the labels.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or there is not one probability per label.</exception>
    public static IReadOnlyList<SoundEvent> Find(
        IEnumerable<TimelinePrediction> timeline, IReadOnlyList<string> labels, SoundEventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(timeline);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new();
        options.Validate();
        var open = new SoundEvent?[labels.Count];
        var found = new List<(int Label, SoundEvent Event)>();
        foreach (var (onset, offset, prediction) in timeline)
        {
            if (prediction.Probabilities.Count != labels.Count)
                throw new ArgumentException($"{prediction.Probabilities.Count} probabilities for {labels.Count} labels.", nameof(timeline));
            for (var i = 0; i < labels.Count; i++)
            {
                var probability = prediction.Probabilities[i];
                if (probability < options.Threshold) continue;
                if (open[i] is { } last && onset - last.Offset <= options.MergeSeconds + Tolerance)
                {
                    open[i] = last with { Offset = offset, Score = Math.Max(last.Score, probability) };
                    continue;
                }
                Close(i);
                open[i] = new(labels[i], onset, offset, probability);
            }
        }
        for (var i = 0; i < labels.Count; i++) Close(i);
        return [.. found.OrderBy(f => f.Event.Onset).ThenBy(f => f.Label).Select(f => f.Event)];

        void Close(int label)
        {
            if (open[label] is { } ended && ended.Offset - ended.Onset >= options.MinimumSeconds - Tolerance) found.Add((label, ended));
            open[label] = null;
        }
    }
}
