namespace MlNetSer.Onnx;

/// <summary>Triangular bands on Slaney's mel scale: linear up to 1 kHz, logarithmic above.</summary>
internal static class MelFilterBank
{
    private const double LinearHertzPerMel = 200.0 / 3;
    private const double BreakHertz = 1000;
    private const double BreakMel = BreakHertz / LinearHertzPerMel;
    private static readonly double MelsPerLogHertz = 27 / Math.Log(6.4);

    /// <summary>Weights of every bin of the transform (0 to half the sample rate) in every band: [bands, FftSize / 2 + 1].</summary>
    public static double[,] Weights(LogMelSettings settings)
    {
        var edges = Edges(settings);
        var bins = (settings.FftSize / 2) + 1;
        var weights = new double[settings.MelBands, bins];
        for (var band = 0; band < settings.MelBands; band++)
        {
            var (low, peak, high) = (edges[band], edges[band + 1], edges[band + 2]);
            for (var bin = 0; bin < bins; bin++)
            {
                var frequency = BinFrequency(settings, bin);
                weights[band, bin] = Math.Max(0, Math.Min((frequency - low) / (peak - low), (high - frequency) / (high - peak)));
            }
        }
        return weights;
    }

    public static bool EveryBandHasABin(LogMelSettings settings)
    {
        // Every band needs a bin strictly inside, so more bands than bins cannot be.
        if (settings.MelBands > settings.FftSize) return false;
        var edges = Edges(settings);
        for (var band = 0; band < settings.MelBands; band++)
        {
            var firstInside = Math.Floor(edges[band] / BinFrequency(settings, 1)) + 1;
            if (BinFrequency(settings, firstInside) >= edges[band + 2]) return false;
        }
        return true;
    }

    public static double CentreFrequency(LogMelSettings settings, int band) => Edges(settings)[band + 1];

    private static double BinFrequency(LogMelSettings settings, double bin) => bin * settings.SampleRate / settings.FftSize;

    private static double[] Edges(LogMelSettings settings)
    {
        var (low, high) = (Mel(settings.MinFrequency), Mel(settings.MaxFrequency));
        var edges = new double[settings.MelBands + 2];
        for (var i = 0; i < edges.Length; i++) edges[i] = Hertz(low + ((high - low) * i / (edges.Length - 1)));
        return edges;
    }

    private static double Mel(double hertz) =>
        hertz < BreakHertz ? hertz / LinearHertzPerMel : BreakMel + (Math.Log(hertz / BreakHertz) * MelsPerLogHertz);

    private static double Hertz(double mel) =>
        mel < BreakMel ? mel * LinearHertzPerMel : BreakHertz * Math.Exp((mel - BreakMel) / MelsPerLogHertz);
}
