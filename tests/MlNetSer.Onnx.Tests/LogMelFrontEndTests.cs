using Microsoft.ML.OnnxRuntime;
using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

public sealed class LogMelFrontEndTests : IDisposable
{
    private static readonly LogMelSettings s_settings = new();
    private readonly Runtime _frontEnd = new(LogMelFrontEnd.Build(s_settings));

    public static TheoryData<int> Lengths => [2, 100, 219, 220, 330, 331, 661, 11025, 22049, 22050, 22051, 22269, 22270, 110250];

    public static TheoryData<LogMelSettings> OtherSettings =>
    [
        new LogMelSettings { SampleRate = 16000, FftSize = 512, WindowSize = 400, HopSize = 160, MelBands = 40, MinFrequency = 60, MaxFrequency = 7800, PatchFrames = 96, PatchHop = 48 },
        new LogMelSettings { SampleRate = 44100, FftSize = 1024, WindowSize = 1024, HopSize = 320, MelBands = 32, MinFrequency = 0, MaxFrequency = 22050 },
        new LogMelSettings { SampleRate = 8000, FftSize = 260, WindowSize = 250, HopSize = 77, MelBands = 20, MaxFrequency = 3900, PatchFrames = 50, PatchHop = 7 },
        new LogMelSettings { SampleRate = 8000, FftSize = 256, WindowSize = 202, HopSize = 501, MelBands = 20, MaxFrequency = 1500, PatchFrames = 10, PatchHop = 10 },
        // Upper bins whose mirror images lie below all bands; only bins of the inner quarters; only of the lowest one.
        new LogMelSettings { MinFrequency = 2000, MaxFrequency = 11_025, MelBands = 32 },
        new LogMelSettings { MinFrequency = 3000, MaxFrequency = 8000, MelBands = 32 },
        new LogMelSettings { MaxFrequency = 2500, MelBands = 16 },
        // Few bands, each over several quarters; the shortest window.
        new LogMelSettings { SampleRate = 8000, FftSize = 1024, WindowSize = 700, HopSize = 80, MelBands = 2, MinFrequency = 0, MaxFrequency = 4000 },
        new LogMelSettings { SampleRate = 8000, FftSize = 4, WindowSize = 4, HopSize = 3, MelBands = 1, MinFrequency = 0, MaxFrequency = 4000, PatchFrames = 10, PatchHop = 10 },
    ];

    public void Dispose() => _frontEnd.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Log_mels_of_real_sound_are_those_of_the_reference(int clip)
    {
        var wave = Npy.Read(SharedData.Require("golden", $"clip{clip}_wave22050_norm.npy"));
        var expected = Npy.Read(SharedData.Require("golden", $"clip{clip}_logmel.npy"));
        var model = LogMelFrontEnd.Build(s_settings);
        model.MakeInput(LogMelFrontEnd.Statistics);
        using var frontEnd = new Runtime(model);

        // The reference waveform is normalised already: mean 0 and peak 1 - offset leave it as it is.
        var statistics = Runtime.Feed(LogMelFrontEnd.Statistics, [0f, 0.995f], 2);
        var actual = frontEnd.Run(Wave(wave.Floats), statistics)[LogMelFrontEnd.LogMel];

        Assert.Equal(expected.Shape, actual.Shape.Select(d => (long)d));
        AssertClose(expected.Values, actual.Values, $"clip {clip}");
    }

    [Fact]
    public void Window_and_mel_bank_are_those_of_the_reference()
    {
        var window = Npy.Read(SharedData.Require("golden", "window_660.npy"));
        var basis = Npy.Read(SharedData.Require("golden", "mel_basis_96x1025.npy"));
        var weights = MelFilterBank.Weights(s_settings);

        Assert.Equal(window.Shape[0], s_settings.WindowSize);
        for (var n = 0; n < window.Values.Length; n++) Assert.Equal(window.Values[n], CentredTransform.Window(660, n), 1e-12);
        Assert.Equal((basis.Shape[0], basis.Shape[1]), (weights.GetLength(0), weights.GetLength(1)));
        for (var i = 0; i < basis.Values.Length; i++) Assert.Equal(basis.Values[i], weights[i / 1025, i % 1025], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Log_mels_are_those_of_the_definition_in_double_precision(int samples) =>
        AssertDefinition(_frontEnd, s_settings, Sound(samples, samples));

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void Other_settings_follow_the_definition_too(LogMelSettings settings)
    {
        using var frontEnd = new Runtime(LogMelFrontEnd.Build(settings));
        foreach (var samples in new[] { 3, settings.MinimumSamples, settings.MinimumSamples + 1, (2 * settings.SampleRate) + 17 })
            AssertDefinition(frontEnd, settings, Sound(samples, samples));
    }

    [Theory]
    [InlineData(1e-4f, 0f)]
    [InlineData(0.3f, 0.5f)]
    [InlineData(300f, -20f)]
    public void Loudness_and_offset_are_normalised_as_in_double_precision(float gain, float offset) =>
        AssertDefinition(_frontEnd, s_settings, [.. Sound(30000, 5).Select(v => (v * gain) + offset)]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void No_sound_and_constant_sound_are_silence(int samples)
    {
        var result = _frontEnd.Run(Wave([.. Enumerable.Repeat(0.25f, samples)]))[LogMelFrontEnd.LogMel];

        Assert.Equal([101, 96], result.Shape);
        Assert.All(result.Values, v => Assert.Equal(Math.Log10(1.1e-8), v, 1e-5));
    }

    [Fact]
    public void Ten_minutes_come_out_whole_and_right_to_their_end()
    {
        var wave = Sound(600 * 22050, 1);
        for (var i = 0; i < wave.Length; i++) wave[i] = (0.4f * wave[i]) + 0.5f;

        AssertDefinition(_frontEnd, s_settings, wave);
    }

    [Theory]
    [InlineData(100_000, 64)]
    [InlineData(22050, 1000)]
    [InlineData(44321, 101)]
    public void Chunks_of_a_long_recording_give_the_frames_of_the_whole(int samples, int framesPerChunk)
    {
        var wave = Sound(samples, 9);
        var whole = _frontEnd.Run(Wave(wave))[LogMelFrontEnd.LogMel].Values;
        var model = LogMelFrontEnd.Build(s_settings);
        model.MakeInput(LogMelFrontEnd.Statistics);
        using var frontEnd = new Runtime(model);
        var statistics = new ClipStatistics();
        statistics.Add(wave);

        var joined = RecordingChunk.OfFrames(s_settings, samples, framesPerChunk).SelectMany(c =>
        {
            var piece = wave[(int)c.Start..((int)c.Start + c.Samples)];
            return frontEnd.Run(Wave(piece), Runtime.Feed(LogMelFrontEnd.Statistics, statistics.ToArray(), 2))[LogMelFrontEnd.LogMel].Values
                .Skip(c.Skip * 96).Take(c.Take * 96);
        }).ToArray();

        Assert.Equal(whole.Length, joined.Length);
        AssertClose(whole, joined, "chunks");
    }

    [Fact]
    public void The_graph_is_the_same_every_time_and_valid_in_every_opset()
    {
        Assert.Equal(LogMelFrontEnd.Build(s_settings).ToBytes(), LogMelFrontEnd.Build(new()).ToBytes());
        var wave = Wave(Sound(30000, 2));
        var expected = _frontEnd.Run(wave)[LogMelFrontEnd.LogMel].Values;
        foreach (var opset in OpsetTests.All)
        {
            var model = LogMelFrontEnd.Build(s_settings, opset);
            Assert.Empty(model.FindProblems());
            using var frontEnd = new Runtime(model);
            Assert.Equal(expected, frontEnd.Run(wave)[LogMelFrontEnd.LogMel].Values);
        }
    }

    /// <summary>Compares the frames at both ends and some between with the definition.</summary>
    private static void AssertDefinition(Runtime frontEnd, LogMelSettings settings, float[] wave)
    {
        var result = frontEnd.Run(Wave(wave))[LogMelFrontEnd.LogMel];
        var count = result.Shape[0];
        Assert.Equal([(int)settings.FrameCount(wave.Length), settings.MelBands], result.Shape);
        Assert.All(result.Values, v => Assert.True(double.IsFinite(v)));
        var random = new Random(count);
        var frames = Enumerable.Range(0, 4).Concat(Enumerable.Range(count - 4, 4)).Concat(Enumerable.Range(0, 8).Select(_ => random.Next(count))).ToArray();

        var expected = NaiveLogMel.Frames(NaiveLogMel.Repeat(NaiveLogMel.Normalise(wave, settings), settings), frames, settings);

        AssertClose(
            [.. expected.SelectMany(f => f)],
            [.. frames.SelectMany(t => result.Values.Skip(t * settings.MelBands).Take(settings.MelBands))],
            $"{wave.Length} samples");
    }

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        var differences = expected.Zip(actual, (e, a) => a - e).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: largest {differences.Max(Math.Abs):E1}, mean absolute {differences.Average(Math.Abs):E1}, mean {differences.Average():E1}");
        Assert.InRange(differences.Max(Math.Abs), 0, 1e-3);
        Assert.InRange(differences.Average(Math.Abs), 0, 1e-5);
    }

    private static NamedOnnxValue Wave(float[] samples) => Runtime.Feed(LogMelFrontEnd.Waveform, samples, 1, samples.Length);

    /// <summary>Noise and two tones, one of them rising, fading in and out.</summary>
    private static float[] Sound(int samples, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, samples).Select(i => (float)(
            ((random.NextDouble() - 0.5) * 0.2) + (0.3 * Math.Sin(i * 0.05) * Math.Sin(i * 3e-4)) + (0.2 * Math.Sin(i * (0.3 + (i * 1e-7))))))];
    }
}
