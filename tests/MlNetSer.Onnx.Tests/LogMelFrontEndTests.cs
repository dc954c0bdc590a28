using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

public sealed class LogMelFrontEndTests : IDisposable
{
    private static readonly LogMelSettings s_settings = new();
    private readonly Runtime _frontEnd;

    public LogMelFrontEndTests()
    {
        var model = LogMelFrontEnd.Build(s_settings);
        model.MakeInput(LogMelFrontEnd.Statistics);
        _frontEnd = new(model);
    }

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

        // The reference waveform is normalised already: mean 0 and peak 1 - offset leave it as it is.
        var actual = _frontEnd.Run(Wave(wave.Floats), Statistics(0, 0.995f))[LogMelFrontEnd.LogMel];

        Assert.Equal(expected.Shape, actual.Shape.Select(d => (long)d));
        var differences = expected.Values.Zip(actual.Values, (e, a) => a - e).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"clip {clip}: largest {differences.Max(Math.Abs):E2}, mean absolute {differences.Average(Math.Abs):E2}, mean {differences.Average():E2}");
        Assert.InRange(differences.Max(Math.Abs), 0, 1e-3);
        Assert.InRange(differences.Average(Math.Abs), 0, 1e-5);
    }

    private static Microsoft.ML.OnnxRuntime.NamedOnnxValue Wave(float[] samples) =>
        Runtime.Feed(LogMelFrontEnd.Waveform, samples, 1, samples.Length);

    private static Microsoft.ML.OnnxRuntime.NamedOnnxValue Statistics(float mean, float peak) =>
        Runtime.Feed(LogMelFrontEnd.Statistics, new[] { mean, peak }, 2);
}
