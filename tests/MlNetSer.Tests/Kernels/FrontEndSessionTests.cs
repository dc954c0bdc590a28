using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Models whose front end a kernel of this library computes.</summary>
public class FrontEndSessionTests
{
    private static readonly LogMelSettings s_settings = new();

    /// <summary>Models that begin with the front end.</summary>
    public static TheoryData<string> Kinds => ["front end", "encoder", "classifier", "shipped"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_front_end_is_found_and_gives_what_ONNX_Runtime_gives(string kind)
    {
        WinogradConvolutionTests.RequireKernels();
        var model = kind switch
        {
            "front end" => LogMelFrontEnd.Build(s_settings),
            "encoder" => TestModel.Build(1),
            "classifier" => Classifier(),
            _ => OnnxModel.Load(SoundModels.Default),
        };
        var settings = kind == "front end" ? s_settings : SoundModelInfo.Read(model).LogMel;
        var output = model.Outputs[0].Name;
        model.MakeInput(LogMelFrontEnd.Statistics);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var plain = new InferenceSession(model.ToBytes(), options);
        using var kernels = new KernelSession(model, options, settings);

        Assert.True(kernels.FrontEnd);
        foreach (var samples in new[] { 0, 700, 22_050, 100_000 })
        {
            var wave = TestModel.Sound(samples / 22_050.0);
            float[] expected = Run(plain, wave, output), made = Run(kernels.Session, wave, output);
            Assert.Equal(expected.Length, made.Length);
            var largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * largest));
        }
    }

    [Fact]
    public void A_model_that_computes_in_integers_is_left_to_ONNX_Runtime()
    {
        WinogradConvolutionTests.RequireKernels();
        var model = OnnxModel.Load(Repository.File("models", "mlnetser-small.onnx"));
        var before = model.ToBytes();
        using var options = new SessionOptions { IntraOpNumThreads = 1 };

        using var kernels = new KernelSession(model, options, SoundModelInfo.Read(model).LogMel);

        Assert.Equal((false, 0), (kernels.FrontEnd, kernels.Stacks));
        Assert.Equal(before, model.ToBytes());
    }

    [Fact]
    public async Task Sessions_may_be_opened_at_the_same_time()
    {
        WinogradConvolutionTests.RequireKernels();
        using var together = new Barrier(16);

        var embeddings = Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(TestContext.Current.CancellationToken);
                using var embedder = new SoundEmbedder(TestModel.Bytes);
                return embedder.Embed(TestModel.Sound(1));
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(await embeddings, e => Assert.Equal(embeddings.Result[0], e));
    }

    private static OnnxModel Classifier()
    {
        var encoder = TestModel.Build(2);
        var info = SoundModelInfo.Read(encoder) with { Labels = ["a", "b"] };
        return SoundClassifierGraph.Compose(encoder, info, WinogradConvolutionTests.Draw(new(1), 2 * TestModel.EmbeddingSize), [0.1f, -0.1f]);
    }

    private static float[] Run(InferenceSession session, float[] wave, string output)
    {
        using var waveform = OrtValue.CreateTensorValueFromMemory(wave, [1, wave.Length]);
        using var statistics = OrtValue.CreateTensorValueFromMemory([0f, -1f], [2]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [LogMelFrontEnd.Waveform, LogMelFrontEnd.Statistics], [waveform, statistics], [output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
