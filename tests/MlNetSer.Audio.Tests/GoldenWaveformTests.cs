using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

/// <summary>Real clips, Ogg Vorbis at 44.1 kHz, against another resampler's result (soxr).</summary>
public class GoldenWaveformTests
{
    private const int SampleRate = 22_050;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Waveform_matches_below_10_kHz_up_to_one_gain_factor(int clip)
    {
        var golden = Npy.Read(SharedData.Require("golden", $"clip{clip}_wave22050_norm.npy")).Values;
        using var meta = JsonDocument.Parse(File.ReadAllText(SharedData.Require("golden", "meta.json")));
        var name = meta.RootElement.GetProperty("clips")[clip].GetString()!;

        var samples = SoundFile.ReadMono(SharedData.Require("data", "esc10", "audio", name), SampleRate);

        Assert.Equal(golden.Length, samples.Length);
        var mean = samples.Average(s => (double)s);
        var ours = samples.Select(s => s - mean).ToArray();
        // The factor between the two is known: the reference was divided by its peak. Least squares absorbs what peaks differ by.
        var gain = golden.Zip(ours, (g, o) => g * o).Sum() / ours.Sum(o => o * o);
        Assert.InRange(gain * (ours.Max(Math.Abs) + 0.005), 0.97, 1.03);
        var signal = Spectrum.EnergyBelow(10_000, golden, SampleRate);
        var error = Spectrum.EnergyBelow(10_000, [.. golden.Zip(ours, (g, o) => g - (gain * o))], SampleRate);
        var decibels = 10 * Math.Log10(signal / error);
        Assert.True(decibels >= 50, $"{name}: {decibels:F1} dB, expected at least 50");
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {decibels:F1} dB");
    }
}
