using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

/// <summary>Clips of three kinds (low tones, high tones, bursts of noise), of random pitch, pace and loudness, made once for all tests.</summary>
public sealed class SynthesisedClasses : IDisposable
{
    private const int ClipsPerLabel = 16;

    private readonly TemporaryFolder _folder = new();

    public SynthesisedClasses()
    {
        All = [.. new[] { "bursts", "high", "low" }.SelectMany(label => Enumerable.Range(0, ClipsPerLabel).Select(i =>
            new LabelledSound(TestSounds.Write(_folder, $"{label}{i}.wav", Waveform(label, i)), label)))];
        Cache = _folder.File("cache");
    }

    /// <summary>All clips, by label and number.</summary>
    public IReadOnlyList<LabelledSound> All { get; }

    /// <summary>Where log-mels lie, so that tests share them.</summary>
    public string Cache { get; }

    public IReadOnlyList<LabelledSound> Train => Numbers(0, 8);

    public IReadOnlyList<LabelledSound> Validation => Numbers(8, 10);

    public IReadOnlyList<LabelledSound> Test => Numbers(10, ClipsPerLabel);

    public void Dispose() => _folder.Dispose();

    private LabelledSound[] Numbers(int from, int end) =>
        [.. All.GroupBy(s => s.Label).SelectMany(g => g.Skip(from).Take(end - from))];

    private static float[] Waveform(string label, int number)
    {
        var random = new TrainingPosition(number, 0, 0).Random(label);
        var (pitch, pace, loudness) = (random.Uniform(1, 2), random.Uniform(1, 4), random.Uniform(0.2, 0.9));
        return [.. Enumerable.Range(0, (int)(random.Uniform(1, 2.5) * TestSounds.Rate)).Select(n =>
        {
            var t = (double)n / TestSounds.Rate;
            var swell = 0.5 + 0.5 * Math.Sin(2 * Math.PI * pace * t);
            var sound = label switch
            {
                "low" => swell * Math.Sin(2 * Math.PI * 250 * pitch * t),
                "high" => swell * Math.Sin(2 * Math.PI * 2500 * pitch * t),
                _ => swell > 0.8 ? random.Uniform(-1, 1) : 0,
            };
            return (float)(loudness * (sound + random.Uniform(-0.05, 0.05)));
        })];
    }
}
