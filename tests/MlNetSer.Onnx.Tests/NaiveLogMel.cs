namespace MlNetSer.Onnx.Tests;

/// <summary>
/// The front end as its definition reads, in double precision and one bin at a time: mirror by half the transform, take whole
/// transform lengths under the zero-padded window, multiply by complex exponentials, sum the triangles. Slow on purpose.
/// </summary>
internal static class NaiveLogMel
{
    /// <summary>Log-mel of some frames of a waveform that needs no normalisation or repetition any more.</summary>
    public static double[][] Frames(double[] y, IEnumerable<int> frames, LogMelSettings s)
    {
        var n = s.FftSize;
        var window = new double[n];
        for (var i = 0; i < s.WindowSize; i++)
            window[((n - s.WindowSize) / 2) + i] = 0.54 - (0.46 * Math.Cos(2 * Math.PI * i / s.WindowSize));
        return [.. frames.Select(t =>
        {
            var frame = new double[n];
            for (var i = 0; i < n; i++) frame[i] = window[i] == 0 ? 0 : window[i] * y[Mirror(((long)t * s.HopSize) - (n / 2) + i, y.Length)];
            return LogMel(frame, s);
        })];
    }

    public static double[] Normalise(float[] x, LogMelSettings s)
    {
        if (x.Length == 0) return [];
        var mean = x.Sum(v => (double)v) / x.Length;
        var peak = x.Max(v => Math.Abs(v - mean));
        return [.. x.Select(v => (v - mean) / (peak + s.PeakOffset))];
    }

    /// <summary>Repeats up to the minimum; silence for an empty clip.</summary>
    public static double[] Repeat(double[] x, LogMelSettings s) => x.Length >= s.MinimumSamples
        ? x
        : [.. Enumerable.Range(0, s.MinimumSamples).Select(i => x.Length == 0 ? 0 : x[i % x.Length])];

    private static long Mirror(long i, long length) => i < 0 ? -i : i >= length ? (2 * (length - 1)) - i : i;

    private static double[] LogMel(double[] frame, LogMelSettings s)
    {
        var n = s.FftSize;
        var power = new double[(n / 2) + 1];
        var cosines = Enumerable.Range(0, n).Select(i => Math.Cos(-2 * Math.PI * i / n)).ToArray();
        var sines = Enumerable.Range(0, n).Select(i => Math.Sin(-2 * Math.PI * i / n)).ToArray();
        for (var f = 0; f < power.Length; f++)
        {
            double re = 0, im = 0;
            for (var i = 0; i < n; i++)
            {
                if (frame[i] == 0) continue;
                var turn = (int)((long)f * i % n);
                re += frame[i] * cosines[turn];
                im += frame[i] * sines[turn];
            }
            power[f] = (re * re) + (im * im);
        }
        var hertz = Enumerable.Range(0, s.MelBands + 2)
            .Select(i => ToHertz(ToMel(s.MinFrequency) + ((ToMel(s.MaxFrequency) - ToMel(s.MinFrequency)) * i / (s.MelBands + 1)))).ToArray();
        return [.. Enumerable.Range(0, s.MelBands).Select(b =>
        {
            double sum = 0;
            for (var f = 0; f < power.Length; f++)
            {
                var at = (double)f * s.SampleRate / n;
                if (at <= hertz[b] || at >= hertz[b + 2]) continue;
                sum += power[f] * (at < hertz[b + 1] ? (at - hertz[b]) / (hertz[b + 1] - hertz[b]) : (hertz[b + 2] - at) / (hertz[b + 2] - hertz[b + 1]));
            }
            return Math.Log10(sum + s.LogOffset);
        })];
    }

    private static double ToMel(double hertz) => hertz < 1000 ? hertz * 3 / 200 : 15 + (27 * Math.Log(hertz / 1000) / Math.Log(6.4));

    private static double ToHertz(double mel) => mel < 15 ? mel * 200 / 3 : 1000 * Math.Pow(6.4, (mel - 15) / 27);
}
