using MlNetSer.Audio;
using MlNetSer.NWaves;
using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests.NWaves;

/// <summary>Built and run with -p:NWaves=true only.</summary>
public class NWavesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Its_log_mel_is_the_reference_log_mel(int clip)
    {
        var waveform = Npy.Read(SharedData.Require("golden", $"clip{clip}_wave22050_norm.npy")).Floats;
        var expected = Npy.Read(SharedData.Require("golden", $"clip{clip}_logmel.npy")).Values;
        // The reference waveforms are normalised already.
        var settings = new LogMelSettings();
        var peak = waveform.Max(Math.Abs);
        var undone = Array.ConvertAll(waveform, v => v * (float)(settings.PeakOffset / (1 - peak)));

        var actual = new NWavesLogMel(settings).Compute(undone).SelectMany(frame => frame).ToArray();

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), 0, 2e-3);
    }

    [Fact]
    public void Its_log_mel_is_the_log_mel_of_the_graph()
    {
        var waveform = new float[30_000];
        for (var i = 0; i < waveform.Length; i++) waveform[i] = 0.3f * MathF.Sin(i * 0.1f * (1 + (i / 60_000f))) + (0.05f * MathF.Sin(i * i * 0.01f));
        var settings = new LogMelSettings();
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(LogMelFrontEnd.Build(settings).ToBytes());
        using var input = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
        using var options = new Microsoft.ML.OnnxRuntime.RunOptions();
        using var outputs = session.Run(options, [LogMelFrontEnd.Waveform], [input], [LogMelFrontEnd.LogMel]);
        var expected = outputs[0].GetTensorDataAsSpan<float>().ToArray();

        var actual = new NWavesLogMel(settings).Compute(waveform).SelectMany(frame => frame).ToArray();

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), 0, 2e-3);
    }

    [Fact]
    public void It_reads_and_resamples_what_the_own_reader_reads()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("tone.wav");
        var tone = new float[44_100];
        for (var i = 0; i < tone.Length; i++) tone[i] = 0.5f * MathF.Sin(2 * MathF.PI * 440 * i / 44_100);
        WavFile.Write(path, tone, 44_100);

        var expected = SoundFile.ReadMono(path, 22_050);
        var actual = NWavesSoundFile.ReadMono(path, 22_050);

        Assert.Equal(expected.Length, actual.Length);
        // NWaves' resampler delays a sound by half its filter.
        const int Delay = 25;
        var error = Enumerable.Range(1_000, 20_000).Max(i => Math.Abs(expected[i] - actual[i + Delay]));
        Assert.InRange(error, 0, 0.02);
    }

    [Fact]
    public void A_file_that_is_no_wav_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("text.wav");
        File.WriteAllText(path, "this is no sound, but it is long enough to look for a header in it");
        Assert.Contains("text.wav", Assert.Throws<SoundFileException>(() => NWavesSoundFile.ReadMono(path, 22_050)).Message, StringComparison.Ordinal);
    }
}
