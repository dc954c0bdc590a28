namespace MlNetSer.Endurance;

/// <summary>
/// Sounds given by formulas of time, so that each can be sampled at any rate without a resampler: what is compared is the library's own.
/// They reach beyond what half the model's rate can hold.
/// </summary>
internal static class ClipsByFormula
{
    public const double Seconds = 2;

    private static readonly Func<double, double> Rain = Noise(50, 16_000, 200, seed: 1);
    private static readonly Func<double, double> Wind = Noise(50, 900, 80, seed: 2);

    public static IReadOnlyList<(string Name, Func<double, double> At)> All { get; } =
    [
        ("whistle", t => 0.5 * Math.Sin(2 * Math.PI * ((900 * t) + (40 * Math.Sin(2 * Math.PI * 3 * t)))) * (0.6 + (0.4 * Math.Sin(2 * Math.PI * 1.3 * t)))),
        ("siren", t => 0.25 * Harmonics(8, n => Math.Sin(2 * Math.PI * n * ((500 * t) - (80 * Math.Cos(2 * Math.PI * 0.7 * t)))) / n)),
        ("rain", t => 0.015 * Rain(t)),
        ("wind", t => 0.025 * Wind(t) * (0.5 + (0.5 * Math.Sin(2 * Math.PI * 0.6 * t)))),
        ("knocks", t => 0.4 * Math.Exp(-30 * (t % 0.45)) * Harmonics(6, n => Math.Sin(2 * Math.PI * 310 * n * n * 0.7 * (t % 0.45)) / n)),
        ("engine", t => 0.08 * Harmonics(40, n => Math.Sin(2 * Math.PI * 43 * n * t + n) / Math.Sqrt(n)) * (0.7 + (0.3 * Math.Sin(2 * Math.PI * 11 * t)))),
    ];

    /// <summary>Mono samples.</summary>
    public static float[] Sample(Func<double, double> at, int rate) => [.. Enumerable.Range(0, (int)(Seconds * rate)).Select(i => (float)at((double)i / rate))];

    private static double Harmonics(int count, Func<int, double> partial) => Enumerable.Range(1, count).Sum(partial);

    /// <summary>As many tones as make a noise.</summary>
    private static Func<double, double> Noise(double lowest, double highest, int tones, int seed)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(0, tones).Select(_ => (Frequency: lowest * Math.Pow(highest / lowest, random.NextDouble()), Phase: random.NextDouble())).ToArray();
        return t =>
        {
            var sum = 0.0;
            foreach (var (frequency, phase) in all) sum += Math.Sin(2 * Math.PI * ((frequency * t) + phase));
            return sum;
        };
    }
}
