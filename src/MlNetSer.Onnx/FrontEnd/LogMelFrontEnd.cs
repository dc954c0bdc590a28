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

    /// <summary>Frames that are transformed at a time: few enough to stay in a core's cache.</summary>
    private const int FramesPerBlock = 128;

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
        g.Output(LogMel, Add(g, settings, waveform), OnnxElementType.Float32, "T", settings.MelBands);
        return g.Build();
    }

    /// <summary>The same as part of a larger graph: from waveform [1, N] to log-mel spectrogram [T, bands].</summary>
    internal static OnnxValue Add(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue waveform)
    {
        var statistics = g.Initializer(Statistics, ClipStatistics.Unknown, 2);
        OnnxValue clip, rows;
        using (g.Scope("normalise")) clip = Normalise(g, settings, NeverEmpty(g, g.Reshape(waveform, -1)), statistics);
        using (g.Scope("repeat")) clip = Repeat(g, settings, clip);
        using (g.Scope("frame")) rows = Rows(g, settings, clip);
        var transform = new CentredTransform(settings);
        var rowsAfterFirst = g.Ints(RowsPerFrame(settings) - 1);
        return Blocks.Run(g, "log_mel", g.Dimension(rows, 0) - rowsAfterFirst, FramesPerBlock, settings.MelBands, (body, first, count) =>
        {
            var block = body.Slice(rows, first, first + count + rowsAfterFirst, body.Ints(0));
            var powers = Powers(body, settings, transform, block).ToList();
            using (body.Scope("mel"))
            {
                var mel = Mel(body, transform.Bins, powers);
                return body.Log(mel + body.Scalar((float)settings.LogOffset)) * body.Scalar((float)(1 / Math.Log(10)));
            }
        });
    }

    /// <summary>The most samples that are mirrored at one end of a clip.</summary>
    internal static int LargestPad(LogMelSettings settings) =>
        Math.Max(settings.WindowSize / 2, (RowsPerFrame(settings) * settings.HopSize) - (settings.WindowSize / 2));

    private static OnnxValue Normalise(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue clip, OnnxValue statistics)
    {
        var mean = g.ReduceMean(clip, [0]);
        // In float32 the mean of many samples with a large offset is off by more than the rest of the front end; of what is left it is exact.
        mean += g.ReduceMean(clip - mean, [0]);
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

    /// <summary>One silent sample in place of none, which keeps every later step defined.</summary>
    private static OnnxValue NeverEmpty(OnnxGraphBuilder g, OnnxValue clip)
    {
        var missing = g.Max(g.Ints(1) - g.Shape(clip), g.Ints(0));
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

    /// <summary>The power of each quarter of the bins that bands give weight to: [T, bins].</summary>
    private static IEnumerable<(CentredTransform.Quarter Quarter, OnnxValue Power)> Powers(
        OnnxGraphBuilder g, LogMelSettings settings, CentredTransform transform, OnnxValue rows)
    {
        var fours = Transform("fours", transform.Fours, AboutCentres(g, settings, rows, transform.Fours));
        var twos = Transform("twos", transform.Twos, AboutCentres(g, settings, rows, transform.Twos));
        var oddSamples = AboutCentres(g, settings, rows, transform.Outer.Odd);
        return Quarters(transform.Outer, fours.Real + twos.Real, fours.Imaginary + twos.Imaginary, "outer")
            .Concat(Quarters(transform.Inner, fours.Real - twos.Real, twos.Imaginary - fours.Imaginary, "inner"));

        IEnumerable<(CentredTransform.Quarter, OnnxValue)> Quarters(CentredTransform.Mirrored mirrored, OnnxValue evenReal, OnnxValue evenImaginary, string scope)
        {
            if (mirrored.Lower.EndBand == 0 && mirrored.Upper.EndBand == 0) yield break;
            var odd = Transform(scope, mirrored.Odd, oddSamples);
            if (mirrored.Lower.EndBand > 0) yield return (mirrored.Lower, Power(evenReal + odd.Real, evenImaginary + odd.Imaginary));
            if (mirrored.Upper.EndBand > 0) yield return (mirrored.Upper, Power(evenReal - odd.Real, evenImaginary - odd.Imaginary));
        }

        (OnnxValue Real, OnnxValue Imaginary) Transform(string scope, CentredTransform.Waves waves, (OnnxValue Sum, OnnxValue Difference) samples)
        {
            using var scoped = g.Scope(scope);
            return (
                g.MatMul(samples.Sum, g.Initializer<float>("cosines", waves.Cosines, waves.Rows, transform.Bins)),
                g.MatMul(samples.Difference, g.Initializer<float>("sines", waves.Sines, waves.Rows, transform.Bins)));
        }

        static OnnxValue Power(OnnxValue real, OnnxValue imaginary) => (real * real) + (imaginary * imaginary);
    }

    /// <summary>Mel power [T, bands]: each quarter of the bins gives to the bands in its reach, and a band gets the sum.</summary>
    private static OnnxValue Mel(OnnxGraphBuilder g, int bins, IReadOnlyList<(CentredTransform.Quarter Quarter, OnnxValue Power)> powers)
    {
        var shares = powers.Select(p => (
            First: p.Quarter.FirstBand,
            End: p.Quarter.EndBand,
            Mel: g.MatMul(p.Power, g.Initializer<float>("weights", p.Quarter.Mel, bins, p.Quarter.EndBand - p.Quarter.FirstBand)))).ToList();
        int[] edges = [.. shares.SelectMany(s => new[] { s.First, s.End }).Distinct().Order()];
        return g.Concat(1, [.. edges.Zip(edges.Skip(1), (from, to) => shares
            .Where(s => s.First <= from && s.End >= to)
            .Select(s => g.Slice(s.Mel, 1, from - s.First, to - s.First))
            .Aggregate((a, b) => a + b))]);
    }

    /// <summary>
    /// Sum and difference of the samples at distances k, from 0 to half the window, after each frame's centre and before it: two tensors
    /// [T, number of such k]. At k = half the window there is none after it: the periodic window has ended there.
    /// </summary>
    private static (OnnxValue Sum, OnnxValue Difference) AboutCentres(OnnxGraphBuilder g, LogMelSettings settings, OnnxValue rows, CentredTransform.Waves waves)
    {
        var (half, hop, perFrame) = (settings.WindowSize / 2, settings.HopSize, RowsPerFrame(settings));
        var (nearestAfter, nearestBefore) = (half + waves.First, half - waves.First);
        var after = new List<OnnxValue>();
        var before = new List<OnnxValue>();
        for (var row = 0; row < perFrame; row++)
        {
            var (first, last) = (row * hop, ((row + 1) * hop) - 1);
            var start = nearestAfter + UpToStep(first - nearestAfter);
            if (start <= Math.Min(last, (2 * half) - 1)) after.Add(Columns(row, start - first, (2 * half) - first, waves.Step));

            start = nearestBefore - UpToStep(nearestBefore - last);
            if (start >= first) before.Insert(0, Columns(row, start - first, long.MinValue, -waves.Step));
        }
        if ((half - waves.First) % waves.Step == 0)
        {
            var frames = g.Dimension(before[0], 0);
            after.Add(g.ConstantOfShape(g.Concat(0, frames, g.Ints(1)), 0f));
        }
        var (samplesAfter, samplesBefore) = (g.Concat(1, [.. after]), g.Concat(1, [.. before]));
        return (samplesAfter + samplesBefore, samplesAfter - samplesBefore);

        int UpToStep(int distance) => (Math.Max(distance, 0) + waves.Step - 1) / waves.Step * waves.Step;

        OnnxValue Columns(int row, long start, long end, long step)
        {
            var lastRow = row == perFrame - 1 ? long.MaxValue : row - perFrame + 1;
            return g.Slice(rows, g.Ints(row, start), g.Ints(lastRow, end), g.Ints(0, 1), g.Ints(1, step));
        }
    }

    /// <summary>Rows that a frame begins in or extends over, and enough that the last row never ends before the clip does.</summary>
    private static int RowsPerFrame(LogMelSettings settings)
    {
        var (window, hop) = (settings.WindowSize, settings.HopSize);
        return Math.Max((window + hop - 1) / hop, ((window / 2) + (2 * hop) - 2) / hop);
    }
}
