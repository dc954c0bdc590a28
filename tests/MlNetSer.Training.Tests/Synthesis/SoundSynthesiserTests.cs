using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Training.Synthesis;

public class SoundSynthesiserTests
{
    public static TheoryData<string> Names => [.. SoundEventClass.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Clips_are_finite_and_keep_their_level_and_duration(string name)
    {
        var eventClass = SoundEventClass.All.Single(c => c.Name == name);
        var synthesiser = new SoundSynthesiser(11);
        for (var number = 0; number < 12; number++)
        {
            var clip = synthesiser.Create(eventClass, number);
            Assert.InRange(clip.Length, 1 * 22050, 5 * 22050);
            Assert.True(clip.All(float.IsFinite));
            Assert.InRange(Level.Peak(clip), 0.0999, 0.8914);
            Assert.InRange(clip.Average(), -0.05, 0.05);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_events_themselves_are_heard_at_any_sample_rate(string name)
    {
        var eventClass = SoundEventClass.All.Single(c => c.Name == name);
        foreach (var rate in (ReadOnlySpan<int>)[16000, 22050, 48000])
        {
            for (ulong seed = 0; seed < 3; seed++)
            {
                var clip = new float[3 * rate];
                eventClass.Render(clip, rate, new SoundRandom(seed));
                Assert.True(Level.Peak(clip) > 0.01f);
            }
        }
    }

    [Fact]
    public void A_clip_depends_on_its_seed_class_and_number_only()
    {
        var birds = SoundEventClass.All.Single(c => c.Name == "birds");
        var first = new SoundSynthesiser(1).Create(birds, 3);
        var other = new SoundSynthesiser(1);
        other.Create(SoundEventClass.All[0], 9);
        Assert.Equal(first, other.Create(birds, 3));
        Assert.NotEqual(first, new SoundSynthesiser(2).Create(birds, 3));
        Assert.NotEqual(first, other.Create(birds, 4));
    }

    [Fact]
    public void Classes_are_told_apart_by_spectra_far_above_chance_but_not_easily()
    {
        const int clips = 14;
        var synthesiser = new SoundSynthesiser(5);
        var features = SoundEventClass.All
            .Select(c => Enumerable.Range(0, clips).Select(n => Features(synthesiser.Create(c, n))).ToArray())
            .ToArray();
        var centroids = features.Select(f => Centroid(f[..(clips / 2)])).ToArray();
        var right = 0;
        for (var c = 0; c < features.Length; c++)
            right += features[c][(clips / 2)..].Count(f => Nearest(centroids, f) == c);
        var accuracy = right / (features.Length * clips / 2.0);
        Assert.InRange(accuracy, 4.0 / SoundEventClass.All.Count, 0.8);
    }

    [Fact]
    public void A_folder_holds_the_same_clips_by_class()
    {
        using var folder = new TemporaryFolder();
        SoundEventClass[] classes = [SoundEventClass.All[3], SoundEventClass.All[10]];
        var synthesiser = new SoundSynthesiser(4);
        var paths = synthesiser.WriteFolder(folder.File("new", "sounds"), 3, classes);
        Assert.Equal(SoundFile.Find(folder.Path), paths);
        Assert.Equal(6, paths.Count);
        Assert.EndsWith(Path.Combine("clicks", "clicks-002.wav"), paths[5], StringComparison.Ordinal);
        var expected = synthesiser.Create(classes[1], 2);
        var read = SoundFile.ReadMono(paths[5], 22050);
        Assert.Equal(expected.Length, read.Length);
        Assert.True(expected.Zip(read).All(p => Math.Abs(p.First - p.Second) < 1.0 / 32768));
    }

    [Fact]
    public void A_sample_rate_too_low_for_the_classes_is_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SoundSynthesiser(1, 8000));
        Assert.Contains("16,000", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSounds(1, 8000));
    }

    [Fact]
    public void Random_sounds_are_finite_different_and_repeatable()
    {
        var source = new RandomSounds(9);
        var sounds = Enumerable.Range(0, 40).Select(n => source.Create(n)).ToArray();
        foreach (var sound in sounds)
        {
            Assert.InRange(sound.Length, 2 * 22050, 5 * 22050);
            Assert.True(sound.All(float.IsFinite));
            Assert.InRange(Level.Peak(sound), 0.0999, 0.8914);
        }
        Assert.Equal(40, sounds.Select(s => (s.Length, s[5000], s[9000])).Distinct().Count());
        Assert.Equal(sounds[7], new RandomSounds(9).Create(7));
        Assert.NotEqual(sounds[7], new RandomSounds(8).Create(7));
    }

    /// <summary>Mean and standard deviation over time of the log power in 16 bands.</summary>
    private static double[] Features(float[] clip)
    {
        var frames = new List<double[]>();
        for (var start = 0; start + 1024 <= clip.Length; start += 2048)
        {
            var power = PowerSpectrum.Frame(clip.AsSpan(start, 1024));
            double Band(int b) => power[(int)Math.Pow(2, 1 + b / 2.0)..(int)Math.Ceiling(Math.Pow(2, 1.5 + b / 2.0))].Sum();
            frames.Add([.. Enumerable.Range(0, 16).Select(b => Math.Log10(1e-6 + Band(b)))]);
        }
        var mean = Centroid([.. frames]);
        var deviation = mean.Select((m, b) => Math.Sqrt(frames.Average(f => (f[b] - m) * (f[b] - m))));
        return [.. mean.Select(m => m - mean.Average()), .. deviation];
    }

    private static double[] Centroid(double[][] features) =>
        [.. Enumerable.Range(0, features[0].Length).Select(b => features.Average(f => f[b]))];

    private static int Nearest(double[][] centroids, double[] feature) =>
        Enumerable.Range(0, centroids.Length).MinBy(c => centroids[c].Zip(feature, (a, b) => (a - b) * (a - b)).Sum());
}
