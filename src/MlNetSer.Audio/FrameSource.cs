namespace MlNetSer.Audio;

/// <summary>A decoder: frames of interleaved samples, in order, once.</summary>
internal abstract class FrameSource : IDisposable
{
    /// <summary>More channels than that are taken for a damaged header, as libsndfile does.</summary>
    public const int MostChannels = 1024;

    public abstract int SampleRate { get; }

    public abstract int Channels { get; }

    /// <summary>The number of frames, or null if the file does not tell.</summary>
    public abstract long? Frames { get; }

    /// <summary>Decodes whole frames into a span that holds at least one; returns their number, 0 only at the end.</summary>
    public abstract int ReadFrames(Span<float> interleaved);

    public abstract void Dispose();
}
