namespace MlNetSer.Training.Synthesis;

/// <summary>
/// An endless source of sounds that are computed when they are asked for, each from nothing but its number: the same number
/// gives the same sound. Implementations are thread safe.
/// </summary>
public interface ISoundSource
{
    /// <summary>Samples per second of what <see cref="Create"/> returns.</summary>
    int SampleRate { get; }

    /// <summary>Computes one sound.</summary>
    /// <param name="number">Which one.</param>
    /// <returns>Mono samples in [-1, 1].</returns>
    float[] Create(long number);
}
