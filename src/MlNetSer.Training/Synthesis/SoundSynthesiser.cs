using MlNetSer.Audio;

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
        var random = new SoundRandom(seed, ((ulong)classNumber << 32) | (uint)number);
        var clip = new float[(int)(random.Uniform(ShortestClip, LongestClip) * SampleRate)];
        eventClass.Render(clip, SampleRate, random);
        Scene.Record(clip, SampleRate, random);
        return clip;
    }

    /// <summary>
    /// Writes a labelled set: <c>FOLDER/CLASS/CLASS-000.wav</c> and so on, 16 bit. Files of the same names are replaced, others left
    /// alone.
    /// </summary>
    /// <param name="folder">Created if it does not exist.</param>
    /// <param name="clipsPerClass">Clips of each class, numbered from 0.</param>
    /// <param name="eventClasses">The classes; all of them if left out.</param>
    /// <param name="progress">Told the number of clips written so far.</param>
    /// <param name="cancellationToken">Stops between two clips.</param>
    /// <returns>The files, by class and number.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The writing was stopped.</exception>
    public IReadOnlyList<string> WriteFolder(
        string folder,
        int clipsPerClass,
        IReadOnlyList<SoundEventClass>? eventClasses = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clipsPerClass);
        eventClasses ??= SoundEventClass.All;
        foreach (var eventClass in eventClasses) Directory.CreateDirectory(Path.Combine(folder, eventClass.Name));
        var paths = new string[eventClasses.Count * clipsPerClass];
        var written = 0;
        Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            var (eventClass, number) = (eventClasses[i / clipsPerClass], i % clipsPerClass);
            paths[i] = Path.Combine(folder, eventClass.Name, $"{eventClass.Name}-{number:000}.wav");
            WavFile.Write(paths[i], Create(eventClass, number), SampleRate);
            progress?.Report(Interlocked.Increment(ref written));
        });
        return paths;
    }

    /// <summary>The sample rate, if it is high enough for the frequencies that the recipes use.</summary>
    internal static int Checked(int sampleRate) => sampleRate >= 16000
        ? sampleRate
        : throw new ArgumentOutOfRangeException(
            nameof(sampleRate), sampleRate, "The synthesiser needs a sample rate of at least 16,000 Hz.");
}
