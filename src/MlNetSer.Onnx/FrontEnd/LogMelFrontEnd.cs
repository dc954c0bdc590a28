namespace MlNetSer.Onnx;

/// <summary>
/// The front end as an ONNX graph: waveform in, log-mel spectrogram out. Pretraining and the finished encoder run the same graph, so
/// what an encoder was trained on is what it meets afterwards.
/// </summary>
public static class LogMelFrontEnd
{
    /// <summary>The input: float32 [1, N] at <see cref="LogMelSettings.SampleRate"/>, about -1 to 1, N from 0 on.</summary>
    public const string Waveform = "waveform";

    /// <summary>The output: float32 [T, bands], log10 of mel power.</summary>
    public const string LogMel = "log_mel";

    /// <summary>
    /// A constant of the graph, float32 [2]: mean and peak of the clip, where a negative peak says that the waveform is the whole clip and is
    /// to be measured, as the file comes. To run a part of a longer recording, turn it into an input (<see cref="OnnxModel.MakeInput"/>) and feed
    /// <see cref="ClipStatistics"/>.
    /// </summary>
    public const string Statistics = "clip_statistics";

    /// <summary>Builds the graph.</summary>
    /// <remarks>
    /// In this order: subtract the clip's mean and divide by its largest absolute value (plus <see cref="LogMelSettings.PeakOffset"/>);
    /// repeat a clip that is too short and cut it at <see cref="LogMelSettings.MinimumSeconds"/>, an empty one becomes silence; mirror it at its
    /// ends; window, transform, power, mel bands, logarithm. T = 1 + max(N, minimum) / hop. All in float32.
    /// </remarks>
    /// <param name="settings">Any settings that pass <see cref="LogMelSettings.Validate"/>.</param>
    /// <param name="opset">The version of ONNX's operators.</param>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public static OnnxModel Build(LogMelSettings settings, int opset = OnnxGraphBuilder.DefaultOpset)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        var g = new OnnxGraphBuilder("log_mel_front_end", opset)
        {
            DocString = "Log-mel spectrogram of a mono waveform, after normalising it by its mean and peak.",
        };
        var waveform = g.Input(Waveform, OnnxElementType.Float32, 1, "N");
        var statistics = g.Initializer(Statistics, ClipStatistics.Unknown, 2);
        var clip = g.Reshape(waveform, -1);
        // One silent sample in place of none keeps every step below defined.
        using (g.Scope("normalise")) clip = Normalise(g, settings, AtLeast(g, clip, 1), statistics);
        using (g.Scope("repeat")) clip = Repeat(g, settings, clip);
        OnnxValue after, before, power, logMel;
        using (g.Scope("frame")) (after, before) = AboutCentres(g, settings, Rows(g, settings, clip));
        var transform = new CentredTransform(settings);
        using (g.Scope("transform")) power = Power(g, transform, after, before);
        using (g.Scope("mel"))
        {
            var mel = g.MatMul(power, g.Initializer<float>("weights", transform.Mel, transform.Bins, settings.MelBands));
            logMel = g.Log(mel + g.Scalar((float)settings.LogOffset)) * g.Scalar((float)(1 / Math.Log(10)));
        }
        g.Output(LogMel, logMel, OnnxElementType.Float32, "T", settings.MelBands);
        return g.Build();
    }

    /// <summary>The most samples that are mirrored at one end of a clip.</summary>
    internal static int LargestPad(LogMelSettings settings) =>
        Math.Max(settings.WindowSize / 2, (RowsPerFrame(settings) * settings.HopSize) - (settings.WindowSize / 2));

    private static OnnxValue Normalise(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue clip, OnnxValue statistics)
    {
        var mean = g.ReduceMean(clip, [0]);
        var peak = g.Max(g.ReduceMax(clip, [0]) - mean, mean - g.ReduceMin(clip, [0]));
        var given = g.Slice(statistics, 0, 1, 2);
        var known = g.Not(g.Less(given, g.Scalar(0f)));
        mean = g.Where(known, g.Slice(statistics, 0, 0, 1), mean);
        peak = g.Where(known, given, peak);
        return (clip - mean) / (peak + g.Scalar((float)settings.PeakOffset));
    }

    private static OnnxValue Repeat(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue clip)
    {
        var minimum = g.Ints(settings.MinimumSamples);
        var samples = g.Shape(clip);
        var times = (minimum + samples - g.Ints(1)) / samples;
        return g.Slice(g.Tile(clip, times), g.Ints(0), g.Max(samples, minimum), g.Ints(0));
    }

    private static OnnxValue AtLeast(OnnxGraphBuilder g, OnnxValue clip, long samples)
    {
        var missing = g.Max(g.Ints(samples) - g.Shape(clip), g.Ints(0));
        return g.Pad(clip, g.Concat(0, g.Ints(0), missing));
    }

    /// <summary>The mirrored clip in rows of one hop each: [T + rows per frame - 1, hop]. Frame t begins with row t.</summary>
    private static OnnxValue Rows(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue clip)
    {
        var (half, hop) = (settings.WindowSize / 2, settings.HopSize);
        var left = g.Ints(half);
        var right = g.Ints((RowsPerFrame(settings) * hop) - half) - g.Mod(g.Shape(clip), g.Ints(hop));
        return g.Reshape(g.Pad(clip, g.Concat(0, left, right), "reflect"), -1, hop);
    }

    /// <summary>
    /// The samples k = 0 to half the window after each frame's centre, and before it: two tensors [T, half the window + 1].
    /// The first lacks the outermost, where the window has ended already: zero.
    /// </summary>
    private static (OnnxValue After, OnnxValue Before) AboutCentres(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue rows)
    {
        var (half, hop, perFrame) = (settings.WindowSize / 2, settings.HopSize, RowsPerFrame(settings));
        var after = new List<OnnxValue>();
        var before = new List<OnnxValue>();
        for (var row = 0; row < perFrame; row++)
        {
            var (first, end) = (row * hop, (row + 1) * hop);
            if (Math.Max(first, half) < Math.Min(end, 2 * half))
                after.Add(Columns(row, Math.Max(first, half) - first, Math.Min(end, 2 * half) - first, 1));
            if (first <= half)
                before.Insert(0, Columns(row, Math.Min(end - 1, half) - first, long.MinValue, -1));
        }
        var frames = g.Dimension(after[0], 0);
        after.Add(g.ConstantOfShape(g.Concat(0, frames, g.Ints(1)), 0f));
        return (g.Concat(1, [.. after]), g.Concat(1, [.. before]));

        OnnxValue Columns(int row, long start, long end, long step)
        {
            var lastRow = row == perFrame - 1 ? long.MaxValue : row - perFrame + 1;
            return g.Slice(rows, g.Ints(row, start), g.Ints(lastRow, end), g.Ints(0, 1), g.Ints(1, step));
        }
    }

    private static OnnxValue Power(OnnxGraphBuilder g, CentredTransform transform, OnnxValue after, OnnxValue before)
    {
        var real = g.MatMul(after + before, g.Initializer<float>("cosines", transform.Cosines, transform.Rows, transform.Bins));
        var imaginary = g.MatMul(after - before, g.Initializer<float>("sines", transform.Sines, transform.Rows, transform.Bins));
        return (real * real) + (imaginary * imaginary);
    }

    /// <summary>Rows that a frame begins in or extends over, and enough that the last row never ends before the clip does.</summary>
    private static int RowsPerFrame(LogMelSettings settings)
    {
        var (window, hop) = (settings.WindowSize, settings.HopSize);
        return Math.Max((window + hop - 1) / hop, ((window / 2) + (2 * hop) - 2) / hop);
    }
}
