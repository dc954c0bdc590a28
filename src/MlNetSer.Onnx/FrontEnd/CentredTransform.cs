namespace MlNetSer.Onnx;

/// <summary>
/// The window and the discrete Fourier transform as two matrices. Power ignores phase, so a frame may be transformed about its centre:
/// the sum of the samples k after and k before the centre meets the cosines, their difference the sines, and each matrix has half as
/// many rows as the window has samples. The periodic window's first sample has no partner and is row <c>WindowSize / 2</c>.
/// Only bins to which a mel band gives weight are kept. Computed in double precision and rounded once.
/// </summary>
internal sealed class CentredTransform
{
    public CentredTransform(LogMelSettings settings)
    {
        var mel = MelFilterBank.Weights(settings);
        var (bands, allBins) = (mel.GetLength(0), mel.GetLength(1));
        var used = Enumerable.Range(0, allBins).Where(bin => Enumerable.Range(0, bands).Any(band => mel[band, bin] > 0)).ToArray();
        var firstBin = used[0];
        Bins = used[^1] - firstBin + 1;
        Rows = (settings.WindowSize / 2) + 1;
        Cosines = new float[Rows * Bins];
        Sines = new float[Rows * Bins];
        Mel = new float[Bins * bands];
        for (var k = 0; k < Rows; k++)
        {
            // The centre is added to itself, so it counts half.
            var weight = Window(settings.WindowSize, (settings.WindowSize / 2) - k) * (k == 0 ? 0.5 : 1);
            for (var i = 0; i < Bins; i++)
            {
                // Reduced first: the angle's turns are whole numbers that would only cost precision.
                var turns = (long)(firstBin + i) * k % settings.FftSize / (double)settings.FftSize;
                Cosines[(k * Bins) + i] = (float)(weight * Math.Cos(2 * Math.PI * turns));
                Sines[(k * Bins) + i] = (float)(weight * Math.Sin(2 * Math.PI * turns));
            }
        }
        for (var i = 0; i < Bins; i++)
            for (var band = 0; band < bands; band++) Mel[(i * bands) + band] = (float)mel[band, firstBin + i];
    }

    /// <summary>Distances from a frame's centre: half the window, and the centre itself.</summary>
    public int Rows { get; }

    /// <summary>Bins of the transform that some band uses.</summary>
    public int Bins { get; }

    /// <summary>[Rows, Bins]</summary>
    public float[] Cosines { get; }

    /// <summary>[Rows, Bins]</summary>
    public float[] Sines { get; }

    /// <summary>[Bins, bands]</summary>
    public float[] Mel { get; }

    /// <summary>Sample n of the periodic Hamming window.</summary>
    public static double Window(int size, int n) => 0.54 - (0.46 * Math.Cos(2 * Math.PI * n / size));
}
