namespace MlNetSer.Audio;

/// <summary>How a sample lies in a WAV file, little-endian.</summary>
internal enum WavEncoding
{
    Unsigned8,
    Signed16,
    Signed24,
    Signed32,
    Float32,
    Float64,
}
