namespace MlNetSer.Audio;

/// <summary>How <see cref="WavFile.Write"/> stores a sample.</summary>
public enum WavSampleFormat
{
    /// <summary>16-bit integers: -1 becomes -32,768, and what lies beyond [-1, 1) is clipped.</summary>
    Pcm16,

    /// <summary>32-bit floating point: every sample as it is.</summary>
    IeeeFloat32,
}
