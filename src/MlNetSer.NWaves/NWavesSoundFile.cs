using MlNetSer.Audio;
using NWaves.Audio;
using NWaves.Signals;

namespace MlNetSer.NWaves;

/// <summary>WAV files as mono waveforms, read and resampled by NWaves. The counterpart of <see cref="SoundFile.ReadMono"/>.</summary>
/// <remarks>Thread-safe. NWaves reads PCM of 8, 16, 24 and 32 bits; for other files use <see cref="SoundFile"/>.</remarks>
public static class NWavesSoundFile
{
    /// <summary>Reads a whole file: decoded, averaged over its channels, resampled.</summary>
    /// <param name="path">A WAV file.</param>
    /// <param name="sampleRate">The sample rate of the result in Hz.</param>
    /// <returns>The samples, nominally in [-1, 1].</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SoundFileException">NWaves cannot read it.</exception>
    public static float[] ReadMono(string path, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        using var stream = File.OpenRead(path);
        WaveFile file;
        try
        {
            file = new WaveFile(stream);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or IOException or IndexOutOfRangeException)
        {
            throw new SoundFileException(path, $"cannot be read by NWaves ({exception.Message}); expected a PCM WAV file", exception);
        }
        var mono = Average(file.Signals);
        return mono.SamplingRate == sampleRate ? mono.Samples : new global::NWaves.Operations.Resampler().Resample(mono, sampleRate).Samples;
    }

    private static DiscreteSignal Average(List<DiscreteSignal> channels)
    {
        if (channels.Count == 1) return channels[0];
        var mean = new float[channels[0].Length];
        foreach (var channel in channels)
            for (var i = 0; i < mean.Length; i++) mean[i] += channel.Samples[i] / channels.Count;
        return new DiscreteSignal(channels[0].SamplingRate, mean);
    }
}
