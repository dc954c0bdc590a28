namespace MlNetSer.Onnx;

/// <summary>
/// The window and the discrete Fourier transform as matrices, computed in double precision and rounded once. Two symmetries leave a
/// quarter of the work:
/// <list type="bullet">
/// <item>Power ignores phase, so a frame may be transformed about its centre: the sum of the samples k after and k before the centre meets
/// the cosines, their difference the sines. The periodic window's first sample has no partner.</item>
/// <item>Bins f and FftSize / 2 - f have the same cosines and sines up to a sign that alternates with k. So even and odd k are multiplied
/// apart, for the lower bins only; sum and difference of the two products give the lower and the upper bins.</item>
/// </list>
/// Bins to which no mel band gives weight are left out.
/// </summary>
internal sealed class CentredTransform
{
    public CentredTransform(LogMelSettings settings)
    {
        var mel = MelFilterBank.Weights(settings);
        var (bands, allBins) = (mel.GetLength(0), mel.GetLength(1));
        var used = Enumerable.Range(0, allBins).Where(bin => Enumerable.Range(0, bands).Any(band => mel[band, bin] > 0)).ToArray();
        var top = allBins - 1;
        var first = Math.Min(used[0], top - used[^1]);
        Bins = (top / 2) - first + 1;
        Even = new(settings, 0, first, Bins);
        Odd = new(settings, 1, first, Bins);
        // The middle bin is its own mirror image and counts once, as a lower one.
        double Lower(int bin, int band) => mel[band, first + bin];
        double Upper(int bin, int band) => first + bin < top - first - bin ? mel[band, top - first - bin] : 0;
        bool HasUpper(int band) => Enumerable.Range(0, Bins).Any(bin => Upper(bin, band) > 0);
        bool HasLower(int band) => Enumerable.Range(0, Bins).Any(bin => Lower(bin, band) > 0);
        FirstUpperBand = Enumerable.Range(0, bands).FirstOrDefault(HasUpper, bands);
        LowerBands = Math.Max(FirstUpperBand, Enumerable.Range(0, bands).LastOrDefault(HasLower, -1) + 1);
        LowerMel = new float[Bins * LowerBands];
        UpperMel = new float[Bins * (bands - FirstUpperBand)];
        for (var bin = 0; bin < Bins; bin++)
        {
            for (var band = 0; band < LowerBands; band++) LowerMel[(bin * LowerBands) + band] = (float)Lower(bin, band);
            for (var band = FirstUpperBand; band < bands; band++) UpperMel[(bin * (bands - FirstUpperBand)) + band - FirstUpperBand] = (float)Upper(bin, band);
        }
    }

    /// <summary>Lower bins of the transform; the upper ones are their mirror images.</summary>
    public int Bins { get; }

    /// <summary>For samples at even distances from the centre.</summary>
    public Waves Even { get; }

    /// <summary>For samples at odd distances from the centre.</summary>
    public Waves Odd { get; }

    /// <summary>Bands from the first on that may have weight in lower bins.</summary>
    public int LowerBands { get; }

    /// <summary>The first of the bands that have weight in upper bins; the number of bands if none has.</summary>
    public int FirstUpperBand { get; }

    /// <summary>Weights of the lower bins in the bands, upwards from the first: [Bins, LowerBands].</summary>
    public float[] LowerMel { get; }

    /// <summary>Weights of their mirror images, downwards: [Bins, bands from FirstUpperBand on].</summary>
    public float[] UpperMel { get; }

    /// <summary>Windowed cosines and sines at every second distance k from a frame's centre.</summary>
    public sealed class Waves
    {
        public Waves(LogMelSettings settings, int parity, int firstBin, int bins)
        {
            var half = settings.WindowSize / 2;
            Rows = ((half - parity) / 2) + 1;
            Cosines = new float[Rows * bins];
            Sines = new float[Rows * bins];
            for (var row = 0; row < Rows; row++)
            {
                var k = (2 * row) + parity;
                // The centre is added to itself, so it counts half.
                var weight = Window(settings.WindowSize, half - k) * (k == 0 ? 0.5 : 1);
                for (var i = 0; i < bins; i++)
                {
                    // Whole turns would only cost precision.
                    var turns = (long)(firstBin + i) * k % settings.FftSize / (double)settings.FftSize;
                    Cosines[(row * bins) + i] = (float)(weight * Math.Cos(2 * Math.PI * turns));
                    Sines[(row * bins) + i] = (float)(weight * Math.Sin(2 * Math.PI * turns));
                }
            }
        }

        public int Rows { get; }

        /// <summary>[Rows, bins]</summary>
        public float[] Cosines { get; }

        /// <summary>[Rows, bins]</summary>
        public float[] Sines { get; }
    }

    /// <summary>Sample n of the periodic Hamming window.</summary>
    public static double Window(int size, int n) => 0.54 - (0.46 * Math.Cos(2 * Math.PI * n / size));
}
