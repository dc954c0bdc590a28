namespace MlNetSer.Onnx.Tests;

public class StaticQuantisationTests
{
    private const int Channels = 3;

    [Fact]
    public void A_convolution_gives_what_sums_of_integers_give()
    {
        // Weights in steps of 1/8, the largest of each channel 63 of them, and bytes as inputs: nothing is rounded before the output.
        var random = new Random(1);
        float[] weights = [.. Enumerable.Range(0, 2 * Channels * 9).Select(i => i % (Channels * 9) == 4 ? -63f / 8 : random.Next(-63, 64) / 8f)];
        float[] bias = [random.Next(-40, 41) / 16f, random.Next(-40, 41) / 16f];
        var model = Convolution(weights, bias);
        float[] input = [.. Enumerable.Range(0, Channels * 5 * 4).Select(_ => random.Next(-100, 156) / 2f)];
        const float Step = 25;
        var integers = StaticQuantisation.Apply(model, new Dictionary<string, ActivationRange>
        {
            [Activation(model, 0)] = new(-100 / 2f, 155 / 2f),
            [Activation(model, 1)] = new(-128 * Step, 127 * Step),
        });

        using var runtime = new Runtime(integers);
        var actual = runtime.Run(Runtime.Feed("x", input, 1, Channels, 5, 4))["y"];

        Assert.Equal(["Mul", "QuantizeLinear", "QLinearConv", "DequantizeLinear"], integers.Proto.Graph.Node.Select(n => n.OpType));
        Assert.Empty(integers.FindProblems());
        Assert.Equal([1, 2, 5, 4], actual.Shape);
        for (var c = 0; c < 2; c++)
        {
            for (var y = 0; y < 5; y++)
            {
                for (var x = 0; x < 4; x++)
                {
                    var sum = (double)bias[c];
                    for (var k = 0; k < Channels * 9; k++)
                    {
                        var (from, row, column) = (k / 9, y + (k % 9 / 3) - 1, x + (k % 3) - 1);
                        if (row is >= 0 and < 5 && column is >= 0 and < 4) sum += weights[(c * Channels * 9) + k] * input[(((from * 5) + row) * 4) + column];
                    }
                    var expected = Math.Clamp(Math.Round(sum / Step), -128, 127) * Step;
                    // What lies in the middle between two steps may go to either.
                    Assert.InRange(actual.Values[(((c * 5) + y) * 4) + x], expected - (Middle(sum) ? Step : 0), expected + (Middle(sum) ? Step : 0));
                }
            }
        }

        static bool Middle(double sum) => Math.Abs(Math.Abs((sum / Step) % 1) - 0.5) < 1e-3;
    }

    [Fact]
    public void Activations_stay_bytes_from_one_convolution_to_the_next_and_become_floats_where_something_else_reads_them()
    {
        var encoder = SmallEncoder.BuildDeep([1, 0, 1, 0, 1]);
        var integers = Quantise(encoder, out var input);

        Assert.Equal(
            [
                "Conv", "Relu", "MaxPool", "Mul", "QuantizeLinear", "QLinearConv", "MaxPool", "QLinearConv", "DequantizeLinear",
                "GlobalAveragePool", "Flatten", "GlobalMaxPool", "Flatten", "Concat",
            ],
            integers.Proto.Graph.Node.Select(n => n.OpType));
        Assert.Empty(integers.FindProblems());
        Assert.InRange(Difference(encoder, integers, Runtime.Feed("patches", input, 2, 1, 101, 96)), 1e-6, 0.02);
    }

    [Fact]
    public void A_sum_that_goes_below_0_keeps_its_sign()
    {
        var g = new OnnxGraphBuilder("residual");
        var x = g.Input("x", OnnxElementType.Float32, "N", 4, 8, 8);
        var random = new Random(3);
        OnnxValue Convolve(OnnxValue from, string name) => g.Node(
            "Conv", [from, g.Initializer<float>(name, [.. Enumerable.Range(0, 4 * 4 * 9).Select(_ => random.NextSingle() - 0.5f)], 4, 4, 3, 3)],
            ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
        g.Output("y", g.Relu(Convolve(g.Relu(Convolve(x, "first")), "second") + x), OnnxElementType.Float32, "N", 4, 8, 8);
        var model = g.Build();
        float[] input = [.. Enumerable.Range(0, 2 * 4 * 64).Select(_ => (random.NextSingle() * 4) - 2)];

        var integers = StaticQuantisation.Apply(model, Ranges(model, Runtime.Feed("x", input, 2, 4, 8, 8)));

        Assert.Equal(["Mul", "QuantizeLinear", "QLinearConv", "QLinearConv", "DequantizeLinear", "Add", "Relu"], integers.Proto.Graph.Node.Select(n => n.OpType));
        Assert.InRange(Difference(model, integers, Runtime.Feed("x", input, 2, 4, 8, 8)), 1e-6, 0.02);
    }

    [Theory]
    [InlineData("1 0 1 0 1 0", 50)]
    [InlineData("1 1 1 0 1 1 0 1 0", 50)]
    public void Patches_share_the_first_layers_as_bytes_too_and_get_the_same_embeddings(string layers, int hop)
    {
        var integers = Quantise(SmallEncoder.BuildDeep([.. layers.Split(' ').Select(int.Parse)]), out _);
        var info = SmallEncoder.Info with { EmbeddingSize = 32, LogMel = new() { PatchHop = hop } };
        Assert.NotNull(SharedRows.Find(integers, info.LogMel));
        using var composed = new Runtime(SoundEncoderGraph.Compose(integers, info));
        using var frontEnd = new Runtime(LogMelFrontEnd.Build(info.LogMel));
        using var alone = new Runtime(integers);
        var wave = SoundEncoderGraphTests.Wave(SoundEncoderGraphTests.Noise(22050 + (187 * 220), 5));

        var shared = composed.Run(wave)["patch_embeddings"].Values;

        var logMel = frontEnd.Run(wave)["log_mel"].Values;
        var lastStart = (logMel.Length / 96) - 101;
        var starts = Enumerable.Range(0, ((lastStart + hop - 1) / hop) + 1).Select(i => Math.Min(i * hop, lastStart)).ToArray();
        for (var i = 0; i < starts.Length; i++)
        {
            var patch = logMel.Skip(starts[i] * 96).Take(101 * 96).Select(v => ((float)v - -1.25f) / 3.5f).ToArray();
            var expected = alone.Run(Runtime.Feed("patches", patch, 1, 1, 101, 96))["embeddings"].Values;
            Assert.All(expected.Zip(shared.Skip(i * 32)), v => Assert.Equal(v.First, v.Second, 2e-6));
        }
    }

    [Fact]
    public void Ranges_that_are_missing_or_none_are_refused_by_name()
    {
        var model = SmallEncoder.BuildDeep([1, 1]);
        var ranges = StaticQuantisation.Activations(model).ToDictionary(name => name, _ => new ActivationRange(0, 1));
        var name = ranges.Keys.First();
        foreach (var wrong in new ActivationRange[] { new(float.NaN, 1), new(0, float.PositiveInfinity), new(1, 0) })
        {
            var e = Assert.Throws<ArgumentException>(() => StaticQuantisation.Apply(model, new Dictionary<string, ActivationRange>(ranges) { [name] = wrong }));
            Assert.Contains($"the range of '{name}' is {wrong.Low} to {wrong.High}", e.Message);
        }
        ranges.Remove(name);
        Assert.Contains($"'{name}' is missing", Assert.Throws<ArgumentException>(() => StaticQuantisation.Apply(model, ranges)).Message);
    }

    [Fact]
    public void A_model_without_a_convolution_of_channels_is_left_alone()
    {
        var model = SmallEncoder.Build();
        Assert.Empty(StaticQuantisation.Activations(model));
        Assert.Equal(model.ToBytes(), StaticQuantisation.Apply(model, new Dictionary<string, ActivationRange>()).ToBytes());
        Assert.Contains("no convolution", Assert.Throws<ArgumentException>(() => StaticQuantisation.Observed(model)).Message);
    }

    [Theory]
    [InlineData(0, 255, 1, 0)]
    [InlineData(0.5, 127.5, 0.5, 0)]
    [InlineData(-128, 127, 1, 128)]
    [InlineData(-51, -3, 0.2, 255)]
    [InlineData(0, 0, 1, 0)]
    public void A_byte_stands_for_0_exactly(float low, float high, float scale, byte zero) =>
        Assert.Equal((scale, zero), new ActivationRange(low, high).Quantised());

    private static OnnxModel Convolution(float[] weights, float[] bias)
    {
        var g = new OnnxGraphBuilder("convolution");
        var x = g.Input("x", OnnxElementType.Float32, "N", Channels, 5, 4);
        var y = g.Node(
            "Conv", [x, g.Initializer<float>("weight", weights, 2, Channels, 3, 3), g.Initializer<float>("bias", bias, 2)],
            ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
        g.Output("y", y, OnnxElementType.Float32, "N", 2, 5, 4);
        return g.Build();
    }

    private static string Activation(OnnxModel model, int place) => StaticQuantisation.Activations(model)[place];

    private static OnnxModel Quantise(OnnxModel encoder, out float[] patches)
    {
        var random = new Random(2);
        patches = [.. Enumerable.Range(0, 2 * 101 * 96).Select(_ => (random.NextSingle() * 4) - 2)];
        return StaticQuantisation.Apply(encoder, Ranges(encoder, Runtime.Feed("patches", patches, 2, 1, 101, 96)));
    }

    private static Dictionary<string, ActivationRange> Ranges(OnnxModel model, Microsoft.ML.OnnxRuntime.NamedOnnxValue input)
    {
        using var observed = new Runtime(StaticQuantisation.Observed(model));
        return observed.Run(input).ToDictionary(v => v.Key, v => new ActivationRange((float)v.Value.Values.Min(), (float)v.Value.Values.Max()));
    }

    private static double Difference(OnnxModel model, OnnxModel integers, Microsoft.ML.OnnxRuntime.NamedOnnxValue input)
    {
        using var expected = new Runtime(model);
        using var actual = new Runtime(integers);
        var (a, b) = (expected.Run(input).Values.Single().Values, actual.Run(input).Values.Single().Values);
        return Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / a.Sum(x => x * x));
    }
}
