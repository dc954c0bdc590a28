namespace MlNetSer.Cli;

/// <summary>
/// The probabilities of a recording in some thousand equal parts of its time, whatever its length: of each part the largest. What is drawn is drawn
/// from it, so that memory does not grow with the recording.
/// </summary>
internal sealed class TimelineOverview
{
    /// <summary>More than a chart is wide; even, as parts are joined in pairs.</summary>
    private const int Parts = 4096;

    private readonly float[][] _peaks;
    private double _partSeconds = 0.01;

    public TimelineOverview(IReadOnlyList<string> labels)
    {
        Labels = labels;
        _peaks = [.. labels.Select(_ => new float[Parts])];
    }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>How long the recording is as far as it has been added.</summary>
    public double Seconds { get; private set; }

    /// <summary>Takes the next prediction.</summary>
    public void Add(TimelinePrediction moment)
    {
        while (moment.Offset > Parts * _partSeconds) Halve();
        var (first, end) = PartsOf(moment.Onset, moment.Offset);
        for (var label = 0; label < _peaks.Length; label++)
        {
            var probability = moment.Prediction.Probabilities[label];
            foreach (ref var peak in _peaks[label].AsSpan(first..end)) peak = Math.Max(peak, probability);
        }
        Seconds = moment.Offset;
    }

    /// <summary>The largest probability of a label.</summary>
    public float Peak(int label) => _peaks[label].Max();

    /// <summary>A label's largest probability in each of some equal parts of the recording.</summary>
    public float[] Row(int label, int columns)
    {
        var row = new float[columns];
        for (var c = 0; c < columns; c++)
        {
            var (first, end) = PartsOf(c * Seconds / columns, (c + 1) * Seconds / columns);
            foreach (var peak in _peaks[label].AsSpan(first..end)) row[c] = Math.Max(row[c], peak);
        }
        return row;
    }

    private (int First, int End) PartsOf(double onset, double offset)
    {
        // What touches the next part in its last bit only does not belong to it.
        var first = Math.Min(Parts - 1, (int)((onset / _partSeconds) + 1e-6));
        return (first, Math.Clamp((int)Math.Ceiling((offset / _partSeconds) - 1e-6), first + 1, Parts));
    }

    private void Halve()
    {
        foreach (var peaks in _peaks)
        {
            for (var i = 0; i < Parts / 2; i++) peaks[i] = Math.Max(peaks[2 * i], peaks[(2 * i) + 1]);
            Array.Clear(peaks, Parts / 2, Parts / 2);
        }
        _partSeconds *= 2;
    }
}
