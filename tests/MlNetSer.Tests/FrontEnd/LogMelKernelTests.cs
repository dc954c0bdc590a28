using MlNetSer.Onnx;
using MlNetSer.Onnx.Tests;

namespace MlNetSer.Tests;

/// <summary>The front end by fast Fourier transforms, against its definition in double precision.</summary>
public sealed class LogMelKernelTests
{
    private static readonly LogMelSettings s_settings = new();

    public static TheoryData<LogMelSettings> Settings =>
    [
        new LogMelSettings { SampleRate = 16000, FftSize = 512, WindowSize = 400, HopSize = 160, MelBands = 40, MinFrequency = 60, MaxFrequency = 7800, PatchFrames = 96, PatchHop = 48 },
        new LogMelSettings { SampleRate = 44100, FftSize = 1024, WindowSize = 1024, HopSize = 320, MelBands = 32, MinFrequency = 0, MaxFrequency = 22050 },
        new LogMelSettings { SampleRate = 8000, FftSize = 2048, WindowSize = 202, HopSize = 501, MelBands = 17, MaxFrequency = 1500, PatchFrames = 10, PatchHop = 10 },
        new LogMelSettings { FftSize = 4096, WindowSize = 4096, HopSize = 77, MelBands = 1, MinFrequency = 0, MaxFrequency = 11025 },
        new LogMelSettings { FftSize = 8192, WindowSize = 2050, MelBands = 130, MinFrequency = 0, MaxFrequency = 11025 },
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(331)]
    [InlineData(22_049)]
    [InlineData(22_050)]
    [InlineData(22_051)]
    [InlineData(22_269)]
    [InlineData(110_250)]
    public void Log_mels_are_those_of_the_definition(int samples) => AssertDefinition(s_settings, Sound(samples));

    [Theory]
    [MemberData(nameof(Settings))]
    public void Other_settings_follow_the_definition_too(LogMelSettings settings)
    {
        foreach (var samples in new[] { 3, settings.MinimumSamples, settings.MinimumSamples + 1, (2 * settings.SampleRate) + 17 }) AssertDefinition(settings, Sound(samples));
    }

    [Theory]
    [InlineData(1e-4f, 0f)]
    [InlineData(0.3f, 0.5f)]
    [InlineData(300f, -20f)]
    public void Loudness_and_offset_are_normalised(float gain, float offset) => AssertDefinition(s_settings, [.. Sound(30_000).Select(v => (v * gain) + offset)]);

    [Fact]
    public void A_part_of_a_recording_is_normalised_by_the_whole()
    {
        WinogradConvolutionTests.RequireKernels();
        float[] part = [.. Sound(25_000).Select(v => (0.1f * v) + 0.2f)];
        using var kernel = new LogMelKernel(s_settings);

        var made = Run(kernel, part, 0.25f, 0.7f);

        var normalised = part.Select(v => (v - 0.25) / (0.7 + s_settings.PeakOffset)).ToArray();
        AssertClose(NaiveLogMel.Frames(normalised, [0, 1, 50, 113], s_settings), made, [0, 1, 50, 113], s_settings);
    }

    [Fact]
    public void Sizes_that_are_no_power_of_two_are_left_to_ONNX_Runtime()
    {
        WinogradConvolutionTests.RequireKernels();
        foreach (var size in new[] { 4, 256, 500, 768, 1000, 16_384 }) Assert.False(LogMelKernel.Fits(new() { FftSize = size, WindowSize = 4 }));
        foreach (var size in new[] { 512, 1024, 2048, 4096, 8192 }) Assert.True(LogMelKernel.Fits(new() { FftSize = size, WindowSize = 4 }));
    }

    [Fact]
    public void A_missing_sample_leaves_nothing_behind_for_the_next_clip()
    {
        WinogradConvolutionTests.RequireKernels();
        var sound = Sound(40_000);
        using var kernel = new LogMelKernel(s_settings);
        var expected = Run(kernel, sound);
        var broken = (float[])sound.Clone();
        broken[20_000] = float.NaN;

        Assert.All(Run(kernel, broken), v => Assert.True(float.IsNaN(v)));
        Assert.Equal(expected, Run(kernel, sound));
    }

    [Fact]
    public void Threads_get_the_same_bits()
    {
        WinogradConvolutionTests.RequireKernels();
        using var kernel = new LogMelKernel(s_settings);
        float[][] sounds = [Sound(30_000), Sound(500), Sound(70_001)];
        var expected = sounds.Select(s => Run(kernel, s)).ToArray();

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(expected[i % 3], Run(kernel, sounds[i % 3])));
    }

    private static void AssertDefinition(LogMelSettings settings, float[] wave)
    {
        WinogradConvolutionTests.RequireKernels();
        using var kernel = new LogMelKernel(settings);

        var made = Run(kernel, wave);

        var count = (int)settings.FrameCount(wave.Length);
        Assert.Equal(count * settings.MelBands, made.Length);
        Assert.All(made, v => Assert.True(float.IsFinite(v)));
        var random = new Random(count);
        int[] frames = [0, 1, 2, .. Enumerable.Range(0, 4).Select(_ => random.Next(count)), count - 3, count - 2, count - 1];
        AssertClose(NaiveLogMel.Frames(NaiveLogMel.Repeat(NaiveLogMel.Normalise(wave, settings), settings), frames, settings), made, frames, settings);
    }

    private static void AssertClose(double[][] expected, float[] made, int[] frames, LogMelSettings settings)
    {
        var differences = expected.Zip(frames, (row, frame) => row.Zip(made.Skip(frame * settings.MelBands), (e, m) => Math.Abs(e - m))).SelectMany(d => d).ToArray();
        Assert.InRange(differences.Max(), 0, 2e-4);
        Assert.InRange(differences.Average(), 0, 1e-5);
    }

    private static unsafe float[] Run(LogMelKernel kernel, float[] wave, float mean = 0, float peak = -1)
    {
        var made = new float[kernel.Frames(wave.Length) * kernel.Bands];
        fixed (float* from = wave, to = made) kernel.Run(from, wave.Length, mean, peak, to);
        return made;
    }

    /// <summary>Noise and two tones, one of them rising.</summary>
    private static float[] Sound(int samples)
    {
        var random = new Random(samples);
        return [.. Enumerable.Range(0, samples).Select(i => (float)(
            ((random.NextDouble() - 0.5) * 0.2) + (0.3 * Math.Sin(i * 0.05) * Math.Sin(i * 3e-4)) + (0.2 * Math.Sin(i * (0.3 + (i * 1e-7))))))];
    }
}
