namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Computes labelled sound events out of nothing: <see cref="SoundEventClass.All"/>, with wide random parameters. A clip depends
/// only on the seed, its class and its number, not on what was computed before. Thread safe.
/// </summary>
/// <param name="seed">Another seed gives another set of clips.</param>
/// <param name="sampleRate">Samples per second, at least 16,000 (the classes use frequencies up to 8 kHz).</param>
public sealed class SoundSynthesiser(ulong seed, int sampleRate = 22050)
{
    /// <summary>The longest clip in seconds.</summary>
    public const float LongestClip = 5;

    /// <summary>The shortest clip in seconds.</summary>
    public const float ShortestClip = 1;

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; } = Checked(sampleRate);

    /// <summary>Computes one clip.</summary>
    /// <param name="eventClass">What is heard.</param>
    /// <param name="number">Which clip of the class, from 0.</param>
    /// <returns>1 to 5 s of mono samples, peak between -20 and -1 dB.</returns>
    public float[] Create(SoundEventClass eventClass, int number)
    {
        ArgumentNullException.ThrowIfNull(eventClass);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var classNumber = SoundEventClass.All.TakeWhile(c => c != eventClass).Count();
        var random = new RandomStream(seed, ((ulong)classNumber << 32) | (uint)number);
        var clip = new float[(int)(random.Uniform(ShortestClip, LongestClip) * SampleRate)];
        eventClass.Render(clip, SampleRate, random);
        Scene.Record(clip, SampleRate, random);
        return clip;
    }

    /// <summary>The sample rate, if it is high enough for the frequencies that the recipes use.</summary>
    internal static int Checked(int sampleRate) => sampleRate >= 16000
        ? sampleRate
        : throw new ArgumentOutOfRangeException(
            nameof(sampleRate), sampleRate, "The synthesiser needs a sample rate of at least 16,000 Hz.");
}
