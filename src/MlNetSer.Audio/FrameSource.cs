namespace MlNetSer.Audio;

/// <summary>A decoder: frames of interleaved samples, in order, once.</summary>
internal abstract class FrameSource : IDisposable
{
    /// <summary>More channels than that are taken for a damaged header, as libsndfile does.</summary>
    private const int MostChannels = 1024;

    /// <summary>Refuses a header that no sound can have.</summary>
    public static void CheckDeclared(string path, int channels, long sampleRate)
    {
        if (channels is < 1 or > MostChannels)
            throw new SoundFileException(path, $"declares {channels} channels; expected 1 to {MostChannels}");
        if (!SampleRates.Contains(sampleRate))
            throw new SoundFileException(path, $"declares {sampleRate} Hz; expected {SampleRates.Lowest} to {SampleRates.Highest} Hz");
    }

    public abstract int SampleRate { get; }

    public abstract int Channels { get; }

    /// <summary>The number of frames, or null if the file does not tell.</summary>
    public abstract long? Frames { get; }

    /// <summary>
    /// How many frames to make room for beforehand: a header may declare any number, so this is no more than what is known to lie in the
    /// file, or little enough not to matter.
    /// </summary>
    public abstract long ExpectedFrames { get; }

    /// <summary>Decodes whole frames into a span that holds at least one; returns their number, 0 only at the end.</summary>
    public abstract int ReadFrames(Span<float> interleaved);

    public abstract void Dispose();
}
