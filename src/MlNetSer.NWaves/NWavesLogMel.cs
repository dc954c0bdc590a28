using MlNetSer.Onnx;
using NWaves.Filters.Fda;
using NWaves.Transforms;
using NWaves.Windows;

namespace MlNetSer.NWaves;

/// <summary>
/// The log-mel spectrogram computed by NWaves' window, FFT and mel bank: what <see cref="LogMelFrontEnd"/> computes as an ONNX graph, for those
/// who want it without ONNX Runtime and as a second opinion on that graph.
/// </summary>
/// <remarks>An instance belongs to one thread at a time.</remarks>
public sealed class NWavesLogMel
{
    private readonly LogMelSettings _settings;
    private readonly RealFft _fft;
    private readonly float[] _window;
    private readonly float[][] _bank;

    /// <summary>Prepares window, transform and bank.</summary>
    /// <param name="settings">Settings that <see cref="LogMelSettings.Validate"/> accepts, with an FFT size that is a power of 2.</param>
    /// <exception cref="ArgumentException">The settings contradict each other, or the FFT size is no power of 2.</exception>
    public NWavesLogMel(LogMelSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        if (!int.IsPow2(settings.FftSize)) throw new ArgumentException($"FftSize is {settings.FftSize}; NWaves' FFT needs a power of 2", nameof(settings));
        _settings = settings;
        _fft = new RealFft(settings.FftSize);
        // NWaves' windows are symmetric; a periodic one is a symmetric one that is longer by a sample, without that sample.
        _window = Window.Hamming(settings.WindowSize + 1)[..settings.WindowSize];
        _bank = FilterBanks.MelBankSlaney(
            settings.MelBands, settings.FftSize, settings.SampleRate, settings.MinFrequency, settings.MaxFrequency, normalizeGain: false);
    }

    /// <summary>Computes a clip's spectrogram, after subtracting its mean, dividing by its peak and repeating it if it is short.</summary>
    /// <param name="waveform">Mono samples at <see cref="LogMelSettings.SampleRate"/>.</param>
    /// <returns>[frames][bands], log10 of mel power.</returns>
    public float[][] Compute(ReadOnlySpan<float> waveform)
    {
        var clip = Repeat(Normalise(waveform));
        var logMel = new float[_settings.FrameCount(waveform.Length)][];
        var frame = new float[_settings.FftSize];
        var power = new float[(_settings.FftSize / 2) + 1];
        for (var t = 0; t < logMel.Length; t++)
        {
            FillFrame(clip, t * _settings.HopSize, frame);
            _fft.PowerSpectrum(frame, power, normalize: false);
            var bands = logMel[t] = new float[_settings.MelBands];
            FilterBanks.Apply(_bank, power, bands);
            for (var band = 0; band < bands.Length; band++) bands[band] = MathF.Log10(bands[band] + (float)_settings.LogOffset);
        }
        return logMel;
    }

    private float[] Normalise(ReadOnlySpan<float> waveform)
    {
        if (waveform.IsEmpty) return new float[1];
        var mean = 0.0;
        foreach (var sample in waveform) mean += sample / waveform.Length;
        var peak = 0.0;
        foreach (var sample in waveform) peak = Math.Max(peak, Math.Abs(sample - mean));
        var clip = new float[waveform.Length];
        for (var i = 0; i < clip.Length; i++) clip[i] = (float)((waveform[i] - mean) / (peak + _settings.PeakOffset));
        return clip;
    }

    private float[] Repeat(float[] clip)
    {
        if (clip.Length >= _settings.MinimumSamples) return clip;
        var repeated = new float[_settings.MinimumSamples];
        for (var i = 0; i < repeated.Length; i++) repeated[i] = clip[i % clip.Length];
        return repeated;
    }

    /// <summary>The windowed samples about a centre, in the middle of the transform; beyond its ends the clip is mirrored.</summary>
    private void FillFrame(float[] clip, int centre, float[] frame)
    {
        var margin = (_settings.FftSize - _settings.WindowSize) / 2;
        var first = centre - (_settings.WindowSize / 2);
        for (var i = 0; i < _settings.WindowSize; i++)
        {
            var place = Math.Abs(first + i);
            if (place >= clip.Length) place = (2 * (clip.Length - 1)) - place;
            frame[margin + i] = clip[place] * _window[i];
        }
    }
}
