using System.Collections.Concurrent;

namespace MlNetSer.Audio;

/// <summary>
/// The low-pass filter of a conversion between two rates: a Kaiser-windowed sinc, sampled once for every place between two input samples
/// that an output sample can fall on (a phase). It is flat up to 91 % of the lower rate's Nyquist frequency, and 100 dB down from there on.
/// </summary>
internal sealed class FilterBank
{
    private const double PassbandEnd = 0.91;
    private const double Attenuation = 100;

    /// <summary>
    /// Phases a sample of the lower rate, at most. Ratios that need more use this many and interpolate linearly between neighbours, which
    /// leaves errors 115 dB down.
    /// </summary>
    private const int MostPhases = 2048;

    /// <summary>Rows are whole vectors, whatever the machine's vector length.</summary>
    private const int TapStep = 16;

    private const int MostCached = 16;
    private static readonly ConcurrentDictionary<(int, int), Lazy<FilterBank>> Cache = new();

    /// <summary>1 / k² for k = 1, 2, ...: divisions would take most of the time of a design.</summary>
    private static readonly double[] InverseSquares = [.. Enumerable.Range(1, 60).Select(k => 1.0 / ((double)k * k))];

    private readonly float[] _rows;

    private FilterBank(int up, int down)
    {
        Up = up;
        Down = down;
        var decimation = Math.Max(1.0, (double)down / up);
        IsExact = up * decimation <= MostPhases;
        Phases = IsExact ? up : (int)Math.Ceiling(MostPhases / decimation);
        var halfWidth = decimation * (Attenuation - 8) / (2.285 * Math.PI * (1 - PassbandEnd)) / 2;
        Taps = (int)Math.Ceiling(2 * halfWidth / TapStep) * TapStep;
        _rows = up == down ? Identity(Taps) : Design(decimation);
    }

    /// <summary>The rates' ratio in lowest terms is <see cref="Up"/> / <see cref="Down"/>.</summary>
    public int Up { get; }

    /// <inheritdoc cref="Up"/>
    public int Down { get; }

    /// <summary>Coefficients in a row.</summary>
    public int Taps { get; }

    /// <summary>Rows for one step from an input sample to the next; one more row follows, which stands for the next sample.</summary>
    public int Phases { get; }

    /// <summary>Whether there is a row for every phase that occurs, so that nothing is interpolated.</summary>
    public bool IsExact { get; }

    /// <summary>
    /// Row p weighs <see cref="Taps"/> input samples for an output that lies p / <see cref="Phases"/> behind the sample in their middle
    /// (number Taps / 2 - 1).
    /// </summary>
    public ReadOnlySpan<float> Row(int phase) => _rows.AsSpan(phase * Taps, Taps);

    /// <summary>The bank for a pair of rates. Few are kept, since few rates occur in practice.</summary>
    public static FilterBank For(int from, int to)
    {
        var divisor = Gcd(from, to);
        var key = (to / divisor, from / divisor);
        if (Cache.Count >= MostCached && !Cache.ContainsKey(key)) Cache.Clear();
        return Cache.GetOrAdd(key, static ratio => new Lazy<FilterBank>(() => new FilterBank(ratio.Item1, ratio.Item2))).Value;
    }

    private static float[] Identity(int taps)
    {
        var rows = new float[2 * taps];
        rows[(taps / 2) - 1] = 1;
        rows[taps + (taps / 2)] = 1;
        return rows;
    }

    private float[] Design(double decimation)
    {
        var beta = 0.1102 * (Attenuation - 8.7);
        var cutoff = (PassbandEnd + 1) / 2 / decimation;
        var rows = new float[(Phases + 1) * Taps];
        var row = new double[Taps];
        // The filter is symmetric: the rows of the second half are those of the first, read backwards.
        for (var phase = 0; phase <= Phases / 2; phase++)
        {
            var sum = 0.0;
            for (var i = 0; i < Taps; i++)
            {
                var time = i - ((Taps / 2) - 1) - ((double)phase / Phases);
                var place = time / (Taps / 2);
                row[i] = Sinc(cutoff * time) * BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - (place * place))));
                sum += row[i];
            }
            // Each row by itself passes a constant as it is.
            var target = rows.AsSpan(phase * Taps, Taps);
            for (var i = 0; i < Taps; i++) target[i] = (float)(row[i] / sum);
            var mirrored = rows.AsSpan((Phases - phase) * Taps, Taps);
            target.CopyTo(mirrored);
            mirrored.Reverse();
        }
        return rows;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>The modified Bessel function of the first kind and order 0, by its power series; x up to 15.</summary>
    private static double BesselI0(double x)
    {
        var quarterSquare = x * x / 4;
        var term = 1.0;
        var sum = 1.0;
        foreach (var inverse in InverseSquares)
        {
            term *= quarterSquare * inverse;
            sum += term;
            if (term < 1e-17 * sum) break;
        }
        return sum;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
