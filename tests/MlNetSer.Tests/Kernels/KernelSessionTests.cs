using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetSer.Onnx;

namespace MlNetSer.Tests;

/// <summary>Models whose convolutions are computed by kernels of this library, against ONNX Runtime's own.</summary>
public class KernelSessionTests
{
    private static readonly long[] s_around = [1, 1, 1, 1];

    private readonly Random _random = new(1);

    [Theory]
    [InlineData(1, 101, 96)]
    [InlineData(5, 33, 20)]
    [InlineData(70, 8, 9)]
    [InlineData(1, 701, 96)]
    [InlineData(2, 1203, 33)]
    public void A_stack_gives_what_ONNX_Runtime_gives(int count, int height, int width)
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(1, out var x);
        x = Pool(g, g.Relu(Convolution(g, Convolution(g, x, 1, 32), 32, 32)));
        x = g.Relu(Convolution(g, x, 32, 96, [1, 1, 0, 1]));

        AssertSame(Finish(g, x), stacks: 1, nodes: 1, count, 1, height, width);
    }

    [Fact]
    public void Residual_blocks_give_what_ONNX_Runtime_gives()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(32, out var x);
        x = g.Relu(Convolution(g, g.Relu(Convolution(g, x, 32, 32)), 32, 32) + x);
        x = x + Convolution(g, x, 32, 32);
        var shortcut = g.Node("Conv", [x, Weights(g, 64, 32, 1, 1)], ("strides", new long[] { 2, 2 }));
        var half = g.Node("Conv", [x, Weights(g, 64, 32, 3, 3)], ("strides", new long[] { 2, 2 }), ("pads", s_around));
        x = g.Relu(shortcut + Convolution(g, g.Relu(half), 64, 64));

        // The two convolutions with strides stay.
        AssertSame(Finish(g, x), stacks: 3, nodes: 6, 3, 32, 26, 24);
    }

    [Fact]
    public void Stacks_within_loops_are_found_with_weights_from_within_and_without()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(16, out var x);
        var outside = Weights(g, 32, 16, 3, 3);
        var body = g.SubGraph("body");
        _ = body.Input("index", OnnxElementType.Int64);
        var goOn = body.Input("condition", OnnxElementType.Bool);
        var made = body.Relu(body.Node("Conv", [x, outside], ("pads", s_around)));
        made = body.Node("Conv", [made, Weights(body, 32, 32, 3, 3)], ("pads", s_around));
        body.Output("again", goOn, OnnxElementType.Bool);
        body.Output("made", made, OnnxElementType.Float32, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown);
        var all = g.Node("Loop", [g.Scalar(3L), g.Scalar(true)], ("body", OnnxAttribute.Graph(body)));
        g.Output("output", all, OnnxElementType.Float32, 3, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown);

        AssertSame(g.Build(), stacks: 1, nodes: null, 2, 16, 11, 12);
    }

    /// <summary>What must be left to ONNX Runtime.</summary>
    public static TheoryData<string> Others => ["stride", "dilation", "group", "five", "channels", "computed", "alone", "wide pads"];

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_convolutions_are_left_as_they_are(string kind)
    {
        WinogradConvolutionTests.RequireKernels();
        var inputs = kind == "alone" ? 1 : kind == "channels" ? 24 : 32;
        var g = Graph(inputs, out var x);
        var weights = kind == "five" ? Weights(g, 32, 32, 5, 5) : Weights(g, 32, kind == "group" ? 16 : inputs, 3, 3);
        if (kind == "computed") weights = g.Abs(weights);
        x = g.Node(
            "Conv", [x, weights], ("pads", kind == "wide pads" ? new long[] { 2, 2, 2, 2 } : s_around), ("group", kind == "group" ? 2L : 1L),
            ("strides", kind == "stride" ? new long[] { 2, 1 } : [1, 1]), ("dilations", kind == "dilation" ? new long[] { 1, 2 } : [1, 1]));

        AssertSame(Finish(g, g.Relu(x)), stacks: 0, nodes: null, 2, inputs, 12, 12);
    }

    [Fact]
    public void A_value_that_is_used_elsewhere_ends_a_stack()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(32, out var x);
        var first = g.Relu(Convolution(g, x, 32, 32));
        var second = Convolution(g, first, 32, 32);
        g.Output("between", first, OnnxElementType.Float32, "N", 32, "H", "W");

        // No sum is taken either, of which one side might be repeated.
        var sum = second + g.Initializer<float>("one", WinogradConvolutionTests.Draw(_random, 32), 1, 32, 1, 1);
        AssertSame(Finish(g, g.Relu(sum)), stacks: 2, nodes: 4, 2, 32, 9, 9);
    }

    [Fact]
    public void Other_poolings_end_a_stack()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(32, out var x);
        x = g.Node("MaxPool", [g.Relu(Convolution(g, x, 32, 32))], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 0, 0, 0 }));

        AssertSame(Finish(g, x), stacks: 1, nodes: 2, 2, 32, 9, 9);
    }

    [Fact]
    public void Images_that_are_too_small_are_an_error_that_says_so()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(32, out var x);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var kernels = new KernelSession(Finish(g, Pool(g, Convolution(g, x, 32, 32, [0, 0, 0, 0]))), options);

        var error = Assert.Throws<OnnxRuntimeException>(() => Run(kernels.Session, new float[32 * 3 * 3], 1, 32, 3, 3));

        Assert.Contains("images of 3 x 3 points are too small", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_get_the_same_bits()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(1, out var x);
        x = g.Relu(Convolution(g, Pool(g, g.Relu(Convolution(g, x, 1, 32))), 32, 64));
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var kernels = new KernelSession(Finish(g, x), options);
        var image = WinogradConvolutionTests.Draw(_random, 3 * 40 * 30);
        var expected = Run(kernels.Session, image, 3, 1, 40, 30);

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(expected, Run(kernels.Session, image, 3, 1, 40, 30)));
    }

    [Fact]
    public void A_model_that_ONNX_Runtime_refuses_leaves_nothing_behind()
    {
        WinogradConvolutionTests.RequireKernels();
        var g = Graph(32, out var x);
        var model = Finish(g, g.Node("Concat", [Convolution(g, x, 32, 32), g.Ints(1)], ("axis", 1L)));
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

        Assert.Throws<OnnxRuntimeException>(() => new KernelSession(model, options).Dispose());
    }

    [Fact]
    public void The_shipped_encoder_gives_what_ONNX_Runtime_gives()
    {
        WinogradConvolutionTests.RequireKernels();
        var waveform = WinogradConvolutionTests.Draw(_random, 5 * 22_050);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var plain = new InferenceSession(SoundModels.Default, options);
        using var waveforms = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
        using var run = new RunOptions();
        using var outputs = plain.Run(run, ["waveform"], [waveforms], ["embedding"]);
        using var embedder = new SoundEmbedder();

        var embedding = embedder.Embed(waveform);

        var expected = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        var largest = expected.Max(Math.Abs);
        Assert.NotEqual(expected, embedding);
        Assert.All(expected.Zip(embedding), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
    }

    private static OnnxGraphBuilder Graph(int channels, out OnnxValue images)
    {
        var g = new OnnxGraphBuilder("test");
        images = g.Input("images", OnnxElementType.Float32, "N", channels, "H", "W");
        return g;
    }

    private static OnnxModel Finish(OnnxGraphBuilder g, OnnxValue x)
    {
        g.Output("output", x, OnnxElementType.Float32, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown, OnnxDimension.Unknown);
        return g.Build();
    }

    private static OnnxValue Pool(OnnxGraphBuilder g, OnnxValue x) => g.Node("MaxPool", [x], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));

    private static float[] Run(InferenceSession session, float[] images, params int[] shape)
    {
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("images", new DenseTensor<float>(images, shape))]);
        return [.. outputs.Single(o => o.Name == "output").AsTensor<float>()];
    }

    private OnnxValue Weights(OnnxGraphBuilder g, params int[] shape)
    {
        var scale = MathF.Sqrt(3f / (shape[1] * shape[2] * shape[3]));
        float[] values = [.. WinogradConvolutionTests.Draw(_random, shape.Aggregate(1, (a, b) => a * b)).Select(v => v * scale)];
        return g.Initializer<float>("weights", values, [.. shape.Select(d => (long)d)]);
    }

    private OnnxValue Convolution(OnnxGraphBuilder g, OnnxValue x, int inputs, int outputs, long[]? pads = null) => g.Node(
        "Conv", [x, Weights(g, outputs, inputs, 3, 3), g.Initializer<float>("bias", WinogradConvolutionTests.Draw(_random, outputs), outputs)],
        ("kernel_shape", new long[] { 3, 3 }), ("pads", pads ?? s_around));

    private void AssertSame(OnnxModel model, int stacks, int? nodes, params int[] shape)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var plain = new InferenceSession(model.ToBytes(), options);
        var images = WinogradConvolutionTests.Draw(_random, shape.Aggregate(1, (a, b) => a * b));
        var expected = Run(plain, images, shape);

        using var kernels = new KernelSession(model, options);

        Assert.Equal(stacks, kernels.Stacks);
        if (nodes is not null) Assert.Equal(nodes, model.NodeCount);
        var made = Run(kernels.Session, images, shape);
        Assert.Equal(expected.Length, made.Length);
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
    }
}
