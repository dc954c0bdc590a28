namespace MlNetSer.Training.Synthesis;

/// <summary>Onsets of events in samples.</summary>
internal static class Rhythm
{
    /// <summary>A pulse of <paramref name="rate"/> events a second, each moved by up to <paramref name="jitter"/> of a period.</summary>
    public static IEnumerable<int> Regular(SoundRandom random, int length, float rate, float jitter, int sampleRate)
    {
        random = random.Fork();
        var period = sampleRate / rate;
        for (var time = random.Unit() * period; time < length; time += period)
            yield return Math.Clamp((int)(time + random.Uniform(-jitter, jitter) * period), 0, length - 1);
    }

    /// <summary>Events that know nothing of each other, <paramref name="rate"/> a second on average (a Poisson process).</summary>
    public static IEnumerable<int> Random(SoundRandom random, int length, float rate, int sampleRate)
    {
        random = random.Fork();
        for (var time = random.Wait(rate) * sampleRate; time < length; time += random.Wait(rate) * sampleRate) yield return (int)time;
    }

    /// <summary>A few events that leave room for their decay: the first early, none in the last fifth.</summary>
    public static IEnumerable<int> Few(SoundRandom random, int length, int count)
    {
        random = random.Fork();
        yield return (int)(random.Uniform(0, 0.2f) * length);
        for (var i = 1; i < count; i++) yield return (int)(random.Uniform(0.2f, 0.8f) * length);
    }
}
