using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>The log-mel front end (<see cref="LogMelFrontEnd"/>) by fast Fourier transforms. Thread-safe.</summary>
internal sealed unsafe class LogMelKernel : IDisposable
{
    /// <summary>Frames whose samples are made ready at a time, so that they stay in a core's cache.</summary>
    private const int FramesPerBlock = 64;

    private const int Lanes = LaneTransform.Lanes;

    private readonly LogMelSettings _settings;
    private readonly PowerSpectrum _spectrum;
    private readonly MelBands _bands;
    private readonly ConcurrentBag<AlignedMemory> _memory = [];

    /// <summary>Prepares the front end.</summary>
    public LogMelKernel(LogMelSettings settings)
    {
        _settings = settings;
        _spectrum = new(settings);
        _bands = new(settings);
    }

    /// <summary>Bands of a frame.</summary>
    public int Bands => _settings.MelBands;

    /// <summary>Whether it computes front ends of such settings here.</summary>
    public static bool Fits(LogMelSettings settings) => PowerSpectrum.Fits(settings.FftSize);

    /// <summary>Frames of a waveform.</summary>
    public long Frames(long samples) => _settings.FrameCount(samples);

    /// <summary>Computes it.</summary>
    /// <param name="waveform">Samples of a clip, or of a part of a recording.</param>
    /// <param name="samples">How many, from 0 on.</param>
    /// <param name="mean">The whole recording's mean.</param>
    /// <param name="peak">Its largest absolute difference from the mean; negative if the waveform is the whole and is to be measured.</param>
    /// <param name="logMel">Receives [<see cref="Frames"/>, <see cref="Bands"/>].</param>
    public void Run(float* waveform, int samples, float mean, float peak, float* logMel)
    {
        var silence = 0f;
        if (samples == 0)
        {
            waveform = &silence;
            samples = 1;
        }
        if (peak < 0) (mean, peak) = Measure(waveform, samples);
        var scale = peak + (float)_settings.PeakOffset;
        var (hop, frames) = (_settings.HopSize, Frames(samples));
        var blockSamples = ((FramesPerBlock - 1L) * hop) + _spectrum.SamplesRead;
        if (!_memory.TryTake(out var memory)) memory = new();
        try
        {
            var powers = memory.Reserve(_spectrum.Scratch + MelBands.Scratch + _spectrum.Powers + blockSamples);
            var scratch = powers + _spectrum.Powers;
            var melScratch = scratch + _spectrum.Scratch;
            var block = melScratch + MelBands.Scratch;
            var clip = new Clip(waveform, samples, Math.Max(samples, _settings.MinimumSamples), mean, scale);
            for (long first = 0; first < frames; first += FramesPerBlock)
            {
                var count = (int)Math.Min(FramesPerBlock, frames - first);
                Fill(clip, (first * hop) - (_settings.WindowSize / 2), block, ((count - 1) * hop) + _settings.WindowSize, ((count - 1) * hop) + _spectrum.SamplesRead);
                for (var i = 0; i < count; i++)
                {
                    _spectrum.Run(block + ((nint)i * hop), powers, scratch);
                    _bands.Run(powers, logMel + ((nint)(first + i) * Bands), melScratch);
                }
            }
        }
        finally
        {
            _memory.Add(memory);
        }
    }

    /// <summary>Frees memory, which no run may use any more.</summary>
    public void Dispose()
    {
        _spectrum.Dispose();
        _bands.Dispose();
        while (_memory.TryTake(out var memory)) memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static (float Mean, float Peak) Measure(float* waveform, int samples)
    {
        Vector512<double> low = Vector512<double>.Zero, high = low;
        var (least, most) = (Vector512.Create(float.PositiveInfinity), Vector512.Create(float.NegativeInfinity));
        var i = 0;
        for (; i + Lanes <= samples; i += Lanes)
        {
            var values = Vector512.Load(waveform + i);
            low += Vector512.WidenLower(values);
            high += Vector512.WidenUpper(values);
            least = Vector512.MinNative(least, values);
            most = Vector512.MaxNative(most, values);
        }
        var sum = Vector512.Sum(low + high);
        var (smallest, largest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var lane = 0; lane < Lanes; lane++) (smallest, largest) = (Math.Min(smallest, least[lane]), Math.Max(largest, most[lane]));
        for (; i < samples; i++)
        {
            sum += waveform[i];
            (smallest, largest) = (Math.Min(smallest, waveform[i]), Math.Max(largest, waveform[i]));
        }
        var mean = (float)(sum / samples);
        return (mean, Math.Max(largest - mean, mean - smallest));
    }

    /// <summary>Samples from some place on, normalised, and zeros behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Fill(in Clip clip, long first, float* block, int wanted, int room)
    {
        var i = 0;
        for (; i < wanted && first + i < 0; i++) block[i] = clip.At(first + i);
        var plain = (int)Math.Clamp(clip.Samples - first, 0, wanted);
        for (; i + Lanes <= plain; i += Lanes) ((Vector512.Load(clip.Waveform + first + i) - Vector512.Create(clip.Mean)) / Vector512.Create(clip.Scale)).Store(block + i);
        for (; i < wanted; i++) block[i] = clip.At(first + i);
        new Span<float>(block + wanted, room - wanted).Clear();
    }

    /// <summary>A waveform that is repeated up to a length and mirrored at its ends.</summary>
    private readonly struct Clip(float* waveform, int samples, int length, float mean, float scale)
    {
        public readonly float* Waveform = waveform;
        public readonly int Samples = samples;
        public readonly float Mean = mean;
        public readonly float Scale = scale;

        public float At(long place)
        {
            if (place < 0) place = -place;
            if (place >= length) place = (2L * (length - 1)) - place;
            return (Waveform[place % Samples] - Mean) / Scale;
        }
    }
}
