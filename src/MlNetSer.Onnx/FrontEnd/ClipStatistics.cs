namespace MlNetSer.Onnx;

/// <summary>
/// Mean and peak of a recording, gathered piece by piece. A long recording is measured in one pass and embedded in a second one, chunk by
/// chunk (<see cref="RecordingChunk"/>): fed as <see cref="LogMelFrontEnd.Statistics"/>, they make every chunk come out as if the whole
/// recording had gone through the graph at once. Not safe for use by several threads at once.
/// </summary>
public sealed class ClipStatistics
{
    private double _sum;
    private float _smallest = float.PositiveInfinity;
    private float _largest = float.NegativeInfinity;

    /// <summary>Samples so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Their mean; 0 without samples.</summary>
    public float Mean => Samples == 0 ? 0 : (float)(_sum / Samples);

    /// <summary>The largest absolute difference from the mean; 0 without samples.</summary>
    public float Peak => Samples == 0 ? 0 : Math.Max(_largest - Mean, Mean - _smallest);

    /// <summary>What says that the waveform is the whole recording and is to be measured by the graph.</summary>
    public static ReadOnlySpan<float> Unknown => [0, -1];

    /// <summary>Takes the next samples.</summary>
    public void Add(ReadOnlySpan<float> waveform)
    {
        foreach (var sample in waveform)
        {
            _sum += sample;
            _smallest = Math.Min(_smallest, sample);
            _largest = Math.Max(_largest, sample);
        }
        Samples += waveform.Length;
    }

    /// <summary>Mean and peak, as <see cref="LogMelFrontEnd.Statistics"/> takes them.</summary>
    public float[] ToArray() => [Mean, Peak];
}
