namespace MlNetSer.Onnx;

/// <summary>
/// The window and the discrete Fourier transform as matrices, computed in double precision and rounded once. Three symmetries leave
/// less than a fifth of the work:
/// <list type="bullet">
/// <item>Power ignores phase, so a frame may be transformed about its centre: the sum of the samples k after and k before the centre meets
/// the cosines, their difference the sines. The periodic window's first sample has no partner.</item>
/// <item>Bins f and FftSize / 2 - f have the same cosines and sines up to a sign that alternates with k. So even and odd k are multiplied
/// apart, for the lower bins only; sum and difference of the two products give the lower and the upper bins.</item>
/// <item>Among even k the same holds for bins f and FftSize / 4 - f: multiples of four and the others are multiplied apart, for a quarter of the bins.</item>
/// </list>
/// Bins to which no mel band gives weight are left out.
/// </summary>
internal sealed class CentredTransform
{
    public CentredTransform(LogMelSettings settings)
    {
        var mel = MelFilterBank.Weights(settings);
        var (bands, half) = (mel.GetLength(0), settings.FftSize / 2);
        var folded = Enumerable.Range(0, half + 1)
            .Where(bin => Enumerable.Range(0, bands).Any(band => mel[band, bin] > 0))
            .Select(bin => Math.Min(bin, half - bin)).Select(bin => Math.Min(bin, (half / 2) - bin))
            .ToArray();
        int[] bins = [.. Enumerable.Range(folded.Min(), folded.Max() - folded.Min() + 1)];
        Bins = bins.Length;
        Fours = new(settings, 0, 4, bins);
        Twos = new(settings, 2, 4, bins);
        // A bin that is its own mirror image counts once.
        var known = new HashSet<int>();
        Quarter Of(IEnumerable<int> quarter) => new(mel, [.. quarter.Select(bin => known.Add(bin) ? bin : (int?)null)]);
        int[] inner = [.. bins.Select(bin => (half / 2) - bin)];
        Outer = new(new(settings, 1, 2, bins), Of(bins), Of(bins.Select(bin => half - bin)));
        Inner = new(new(settings, 1, 2, inner), Of(inner), Of(inner.Select(bin => half - bin)));
    }

    /// <summary>Bins in a quarter.</summary>
    public int Bins { get; }

    /// <summary>For samples whose distance from the centre is a multiple of four.</summary>
    public Waves Fours { get; }

    /// <summary>For samples at the other even distances.</summary>
    public Waves Twos { get; }

    /// <summary>The lowest quarter of the bins, upwards, and the highest, downwards.</summary>
    public Mirrored Outer { get; }

    /// <summary>The quarters from the middle bin downwards and upwards.</summary>
    public Mirrored Inner { get; }

    /// <summary>Two quarters of the bins that are mirror images of each other.</summary>
    /// <param name="Odd">For samples at odd distances from the centre, the lower quarter's.</param>
    /// <param name="Lower">The lower one.</param>
    /// <param name="Upper">The upper one.</param>
    public sealed record Mirrored(Waves Odd, Quarter Lower, Quarter Upper);

    /// <summary>What a quarter of the bins gives to the mel bands.</summary>
    public sealed class Quarter
    {
        /// <param name="mel">All weights, [bands, bins].</param>
        /// <param name="bins">The quarter's bins, in its order; null for what has no weight here.</param>
        public Quarter(double[,] mel, int?[] bins)
        {
            var weighed = Enumerable.Range(0, mel.GetLength(0)).Where(band => bins.Any(bin => bin is { } b && mel[band, b] > 0)).ToArray();
            if (weighed.Length == 0) return;
            (FirstBand, EndBand) = (weighed[0], weighed[^1] + 1);
            Mel = [.. from bin in bins from band in Enumerable.Range(FirstBand, EndBand - FirstBand) select bin is { } b ? (float)mel[band, b] : 0];
        }

        /// <summary>The first band that has weight in it.</summary>
        public int FirstBand { get; }

        /// <summary>The band after the last one; 0 if none has.</summary>
        public int EndBand { get; }

        /// <summary>[bins, bands from FirstBand to EndBand]</summary>
        public float[] Mel { get; } = [];
    }

    /// <summary>Windowed cosines and sines at the distances k = first, first + step, ... from a frame's centre.</summary>
    public sealed class Waves
    {
        public Waves(LogMelSettings settings, int first, int step, int[] bins)
        {
            var half = settings.WindowSize / 2;
            (First, Step, Rows) = (first, step, ((half - first) / step) + 1);
            Cosines = new float[Rows * bins.Length];
            Sines = new float[Rows * bins.Length];
            for (var row = 0; row < Rows; row++)
            {
                var k = first + (row * step);
                // The centre is added to itself, so it counts half.
                var weight = Window(settings.WindowSize, half - k) * (k == 0 ? 0.5 : 1);
                for (var i = 0; i < bins.Length; i++)
                {
                    // Whole turns would only cost precision.
                    var turns = (long)bins[i] * k % settings.FftSize / (double)settings.FftSize;
                    Cosines[(row * bins.Length) + i] = (float)(weight * Math.Cos(2 * Math.PI * turns));
                    Sines[(row * bins.Length) + i] = (float)(weight * Math.Sin(2 * Math.PI * turns));
                }
            }
        }

        /// <summary>The smallest distance k.</summary>
        public int First { get; }

        /// <summary>From one distance to the next.</summary>
        public int Step { get; }

        /// <summary>Distances up to half the window.</summary>
        public int Rows { get; }

        /// <summary>[Rows, bins]</summary>
        public float[] Cosines { get; }

        /// <summary>[Rows, bins]</summary>
        public float[] Sines { get; }
    }

    /// <summary>Sample n of the periodic Hamming window.</summary>
    public static double Window(int size, int n) => 0.54 - (0.46 * Math.Cos(2 * Math.PI * n / size));
}
