namespace MlNetSer.Onnx.Tests;

public class LogMelSettingsTests
{
    public static TheoryData<LogMelSettings, string> Contradictions => new()
    {
        { new() { SampleRate = 0 }, "SampleRate = 0: expected 1 to 1,000,000" },
        { new() { WindowSize = 661 }, "WindowSize = 661: expected an even number from 4 to FftSize = 2048" },
        { new() { WindowSize = 2 }, "WindowSize = 2" },
        { new() { WindowSize = 4096 }, "WindowSize = 4096" },
        { new() { FftSize = 2047 }, "FftSize = 2047: expected a multiple of 4 up to 1,048,576" },
        { new() { FftSize = 2046 }, "FftSize = 2046" },
        { new() { HopSize = 0 }, "HopSize = 0" },
        { new() { MaxFrequency = 11026 }, "MaxFrequency = 11026: expected up to half of SampleRate = 22050" },
        { new() { MinFrequency = 10500 }, "MinFrequency = 10500" },
        { new() { MinFrequency = double.NaN }, "MinFrequency = NaN" },
        { new() { LogOffset = 0 }, "LogOffset = 0" },
        { new() { LogOffset = 1e-60 }, "LogOffset = 1E-60" },
        { new() { PeakOffset = -1 }, "PeakOffset = -1" },
        { new() { MelBands = 700 }, "MelBands = 700: expected so few that each band covers a bin of 10.77 Hz" },
        { new() { MelBands = 0 }, "MelBands = 0" },
        { new() { PatchFrames = 102 }, "MinimumSeconds = 1: expected enough for a patch of 102 frames" },
        { new() { PatchHop = 102 }, "PatchHop = 102: expected 1 to PatchFrames = 101" },
        { new() { MinimumSeconds = 0.01, PatchFrames = 1, PatchHop = 1 }, "MinimumSeconds = 0.01: expected more than the 330 samples" },
    };

    [Fact]
    public void Defaults_are_the_published_numbers_and_one_second_is_one_patch()
    {
        var settings = new LogMelSettings();
        settings.Validate();
        Assert.Equal((22050, 2048, 660, 220, 96), (settings.SampleRate, settings.FftSize, settings.WindowSize, settings.HopSize, settings.MelBands));
        Assert.Equal((101L, 1L), (settings.FrameCount(22050), settings.PatchCount(22050)));
        Assert.Equal((502L, 10L), (settings.FrameCount(110250), settings.PatchCount(110250)));
        Assert.Equal((101L, 1L), (settings.FrameCount(0), settings.PatchCount(0)));
    }

    [Fact]
    public void Bands_are_centred_at_equal_distances_on_the_mel_scale()
    {
        // Slaney's scale: 200/3 Hz a mel up to 1 kHz, and 27 mels for a factor of 6.4 above.
        var linear = new LogMelSettings { MinFrequency = 0, MaxFrequency = 1000, MelBands = 14 };
        Assert.Equal(200.0 / 3, linear.CentreFrequency(0), 1e-9);
        Assert.Equal(14 * 200.0 / 3, linear.CentreFrequency(13), 1e-9);
        var logarithmic = new LogMelSettings { MinFrequency = 1000, MaxFrequency = 6400, MelBands = 26 };
        Assert.Equal(1000 * Math.Pow(6.4, 9 / 27.0), logarithmic.CentreFrequency(8), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => linear.CentreFrequency(14));
    }

    [Fact]
    public void Settings_survive_json()
    {
        var settings = new LogMelSettings { SampleRate = 16000, MaxFrequency = 7999.5, LogOffset = 1.0 / 3, PatchFrames = 64, PatchHop = 7 };
        Assert.Equal(settings, LogMelSettings.FromJson(settings.ToJson()));
        Assert.Equal(new LogMelSettings(), LogMelSettings.FromJson("{}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"sampleRate\":\"fast\"}")]
    [InlineData("{\"sampleRate\":22050,\"mfcc\":true}")]
    public void What_is_not_settings_is_refused(string json) => Assert.Throws<FormatException>(() => LogMelSettings.FromJson(json));

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Contradictions_are_refused_with_name_value_and_expectation(LogMelSettings settings, string message)
    {
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(settings.Validate).Message);
        Assert.Throws<ArgumentException>(() => LogMelFrontEnd.Build(settings));
    }
}
